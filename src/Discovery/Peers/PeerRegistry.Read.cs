using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Discovery.Peers;

/// <content>Reading: no lock, one moment.</content>
internal sealed partial class PeerRegistry
{
    public int Count => _snapshot.Ranked.Length;

    /// <summary>Whether peers were known and all of them were lost; not when the application removed the last one.</summary>
    public bool IsDeserted => _isDeserted;

    public PeerInfo? Get(PeerId id) => _snapshot.Find(id)?.Info;

    public IReadOnlyList<PeerInfo> List(PeerFilter? filter = null) => List(filter, static _ => true);

    public IReadOnlyList<PeerInfo> ListAlive(PeerFilter? filter = null) => List(filter, static peer => peer.IsAlive);

    public IReadOnlyList<PeerInfo> ListConnected(PeerFilter? filter = null) => List(filter, static peer => peer.ConnectionState == PeerConnectionState.Connected);

    /// <summary>The best <paramref name="count"/> that match and are alive, not too many of them alike (<see cref="PeerDiversity"/>), best first.</summary>
    public IReadOnlyList<PeerInfo> Best(int count, PeerFilter? filter)
    {
        PeerDiversity diversity = new(count);
        foreach (PeerEntry entry in _snapshot.Ranked)
            if (entry.Info.IsAlive && filter?.Matches(entry.Info) != false && !diversity.Offer(entry.Info))
                break;
        return diversity.Finish();
    }

    public PeerStatistics GetStatistics()
    {
        Dictionary<string, int> sources = [], regions = [];
        int alive = 0, connected = 0;
        double health = 0;
        ImmutableArray<PeerEntry> peers = _snapshot.Ranked;
        foreach (PeerEntry entry in peers)
        {
            PeerInfo peer = entry.Info;
            alive += peer.IsAlive ? 1 : 0;
            connected += peer.ConnectionState == PeerConnectionState.Connected ? 1 : 0;
            health += peer.IsAlive ? peer.Reliability : 0;
            for (int i = 0; i < peer.Sources.Count; i++)
                CollectionsMarshal.GetValueRefOrAddDefault(sources, peer.Sources[i], out _)++;
            if (peer.Region is { } region)
                CollectionsMarshal.GetValueRefOrAddDefault(regions, region, out _)++;
        }
        return new() { Total = peers.Length, Alive = alive, Connected = connected, BySource = sources, ByRegion = regions, MeanHealth = peers.IsEmpty ? 0 : health / peers.Length };
    }

    private List<PeerInfo> List(PeerFilter? filter, Func<PeerInfo, bool> isWanted)
    {
        ImmutableArray<PeerEntry> ranked = _snapshot.Ranked;
        List<PeerInfo> peers = new(filter is null ? ranked.Length : 0);
        foreach (PeerEntry entry in ranked)
            if (isWanted(entry.Info) && filter?.Matches(entry.Info) != false)
                peers.Add(entry.Info);
        return peers;
    }

    /// <summary>All peers at one moment, by id and best first. The order is one flat array: copying it for a change costs less than walking a tree does for a stranger's query.</summary>
    private sealed record Snapshot(ImmutableDictionary<PeerId, PeerEntry> ById, ImmutableArray<PeerEntry> Ranked)
    {
        public static readonly Snapshot Empty = new(ImmutableDictionary<PeerId, PeerEntry>.Empty, []);

        public PeerEntry? Find(in PeerId id) => ById.GetValueOrDefault(id);

        /// <summary>Who makes room: the worst that nobody uses; null when all are in use.</summary>
        public PeerEntry? WorstUnused()
        {
            for (int i = Ranked.Length - 1; i >= 0; i--)
                if (!Ranked[i].IsInUse)
                    return Ranked[i];
            return null;
        }

        public static Snapshot Of(PeerEntry[] entries)
        {
            Array.Sort(entries, PeerEntry.BestFirst);
            return new(entries.ToImmutableDictionary(static entry => entry.Info.Id), [.. entries]);
        }

        public Snapshot Replace(PeerEntry? before, PeerEntry? after)
        {
            if (before is not null && after is not null)
                return new(ById.SetItem(after.Info.Id, after), Move(before, after));
            ImmutableArray<PeerEntry> ranked = before is null ? Ranked : Ranked.RemoveAt(Ranked.BinarySearch(before, PeerEntry.BestFirst));
            return after is not null
                ? new(ById.SetItem(after.Info.Id, after), ranked.Insert(~ranked.BinarySearch(after, PeerEntry.BestFirst), after))
                : before is null ? this : new(ById.Remove(before.Info.Id), ranked);
        }

        /// <summary>The ranking with one peer in another place: copied once, not once without it and once with it.</summary>
        private ImmutableArray<PeerEntry> Move(PeerEntry before, PeerEntry after)
        {
            int from = Ranked.BinarySearch(before, PeerEntry.BestFirst), to = Ranked.BinarySearch(after, PeerEntry.BestFirst);
            // Found: it ranks as before. Else where it would go in, had it not been there before.
            to = to >= 0 ? from : ~to > from ? ~to - 1 : ~to;
            PeerEntry[] ranked = [.. Ranked];
            if (to > from)
                Array.Copy(ranked, from + 1, ranked, from, to - from);
            else
                Array.Copy(ranked, to, ranked, to + 1, from - to);
            ranked[to] = after;
            return ImmutableCollectionsMarshal.AsImmutableArray(ranked);
        }
    }
}
