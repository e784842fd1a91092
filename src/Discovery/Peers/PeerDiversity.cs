using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Discovery.Peers;

/// <summary>Picks good peers that are not all alike, so that ten peers of one /24 do not fill a result.</summary>
/// <remarks>
/// One after the other the peer with the most score × 0.5^p × 0.9^r is picked, where p of those already picked share its network (/24 of IPv4, /64 of IPv6) and r its region; a peer that names no region
/// shares none. So an equal peer of another network goes before a second one of the same, while a peer that is alone keeps its place however far down it stands. What comes out is ordered by score.
/// <para>
/// Candidates are offered best first, and as soon as no later one can win there is no need for more. Of one network no more than the wanted number are weighed, of one region no more networks
/// than that, and regions beyond the 64th count as one: so a pick costs O(regions × wanted) at worst, whatever strangers claim. Who wants more than 256 takes them by score alone.
/// </para>
/// </remarks>
internal sealed class PeerDiversity(int count)
{
    public const double NetworkFactor = 0.5, RegionFactor = 0.9;

    private const int MaxRegions = 64, MaxCount = 256;

    private readonly List<(int Rank, PeerInfo Peer)> _picked = [];
    private readonly List<Region> _regions = [];
    private readonly Dictionary<ulong, Network> _networks = [];
    private int _offered;
    private (Region Region, int Index, double Worth)? _best;

    private sealed class Region(string? name)
    {
        public string? Name => name;

        /// <summary>Not yet picked, best first.</summary>
        public List<(int Rank, PeerInfo Peer, ulong Network)> Waiting { get; } = [];

        public int Networks { get; set; }

        public double Factor { get; set; } = 1;
    }

    private struct Network
    {
        public int Seen;
        public int Picked;
    }

    /// <summary>Picks from a list.</summary>
    /// <param name="bestFirst">The candidates, best first.</param>
    /// <param name="count">How many are wanted.</param>
    public static IReadOnlyList<PeerInfo> Select(IReadOnlyList<PeerInfo> bestFirst, int count)
    {
        PeerDiversity diversity = new(count);
        foreach (PeerInfo peer in bestFirst)
            if (!diversity.Offer(peer))
                break;
        return diversity.Finish();
    }

    /// <summary>Offers a candidate that is no better than those before.</summary>
    /// <returns>False when no later one can be picked.</returns>
    public bool Offer(PeerInfo peer)
    {
        int rank = _offered++;
        if (count > MaxCount)
        {
            if (_picked.Count < count)
                _picked.Add((rank, peer));
            return _picked.Count < count;
        }
        while (_picked.Count < count && FindBest() is { } best && best.Worth >= peer.Score)
            Pick(best);
        if (_picked.Count >= count)
            return false;
        Weigh(rank, peer);
        return true;
    }

    /// <summary>What was picked, best first.</summary>
    public IReadOnlyList<PeerInfo> Finish()
    {
        while (_picked.Count < count && FindBest() is { } best)
            Pick(best);
        _picked.Sort(static (left, right) => left.Rank.CompareTo(right.Rank));
        return [.. _picked.Select(static pick => pick.Peer)];
    }

    private void Weigh(int rank, PeerInfo peer)
    {
        ulong key = peer.EndPoints.Count > 0 ? peer.EndPoints[0].SubnetBits : 0;
        Region region = RegionOf(peer.Region);
        ref Network network = ref CollectionsMarshal.GetValueRefOrNullRef(_networks, key);
        if (Unsafe.IsNullRef(ref network))
        {
            if (region.Networks == count)
                return;
            region.Networks++;
            network = ref CollectionsMarshal.GetValueRefOrAddDefault(_networks, key, out _);
        }
        else if (network.Seen == count)
            return;
        network.Seen++;
        region.Waiting.Add((rank, peer, key));
        double worth = peer.Score * region.Factor * Math.Pow(NetworkFactor, network.Picked);
        if (_best is null || worth > _best.Value.Worth)
            _best = (region, region.Waiting.Count - 1, worth);
    }

    private Region RegionOf(string? name)
    {
        foreach (Region region in _regions)
            if (region.Name == name)
                return region;
        if (_regions.Count == MaxRegions)
            return _regions[^1];
        _regions.Add(new(name));
        return _regions[^1];
    }

    private (Region Region, int Index, double Worth)? FindBest()
    {
        if (_best is not null)
            return _best;
        foreach (Region region in _regions)
            for (int i = 0; i < region.Waiting.Count; i++)
            {
                (_, PeerInfo peer, ulong key) = region.Waiting[i];
                double most = peer.Score * region.Factor;
                if (_best is { } best && most <= best.Worth)
                    break;
                int picked = _networks[key].Picked;
                double worth = most * Math.Pow(NetworkFactor, picked);
                if (_best is null || worth > _best.Value.Worth)
                    _best = (region, i, worth);
                if (picked == 0)
                    break;
            }
        return _best;
    }

    private void Pick((Region Region, int Index, double Worth) best)
    {
        (int rank, PeerInfo peer, ulong key) = best.Region.Waiting[best.Index];
        best.Region.Waiting.RemoveAt(best.Index);
        best.Region.Factor *= best.Region.Name is null ? 1 : RegionFactor;
        CollectionsMarshal.GetValueRefOrNullRef(_networks, key).Picked++;
        _picked.Add((rank, peer));
        _best = null;
    }
}
