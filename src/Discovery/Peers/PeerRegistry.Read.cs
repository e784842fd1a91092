using System.Collections.Immutable;
using System.Text.Unicode;

namespace Discovery.Peers;

/// <content>Reading: no lock, one moment.</content>
internal sealed partial class PeerRegistry
{
    public int Count => _snapshot.Ranked.Length;

    public PeerInfo? Get(PeerId id) => _snapshot.Find(id)?.Info;

    public IReadOnlyList<PeerInfo> List(PeerFilter? filter = null) => Best(int.MaxValue, filter);

    /// <summary>The first <paramref name="count"/> that match, best first.</summary>
    public IReadOnlyList<PeerInfo> Best(int count, PeerFilter? filter)
    {
        List<PeerInfo> peers = [];
        foreach (PeerEntry entry in _snapshot.Ranked)
        {
            if (peers.Count >= count)
                break;
            if (filter?.Matches(entry.Info) != false)
                peers.Add(entry.Info);
        }
        return peers;
    }

    /// <summary>Peers to tell to somebody else, best first, each with an end point of one family at which its key was proven.</summary>
    /// <param name="capability">UTF-8; empty for any.</param>
    /// <param name="region">UTF-8; empty for any.</param>
    /// <param name="ipv4">The family of the end points.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many were written. None when a text has more than 64 characters or is not UTF-8.</returns>
    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination)
    {
        Span<char> capabilityText = stackalloc char[PeerRecord.MaxTextSize], regionText = stackalloc char[PeerRecord.MaxTextSize];
        if (Utf8.ToUtf16(capability, capabilityText, out _, out int capabilityLength, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done
            || Utf8.ToUtf16(region, regionText, out _, out int regionLength, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done)
            return 0;
        int count = 0;
        foreach (PeerEntry entry in _snapshot.Ranked)
        {
            if (count == destination.Length)
                break;
            if ((ipv4 ? entry.ProvenIPv4 : entry.ProvenIPv6) is { } endPoint
                && (capabilityLength == 0 || Offers(entry.Info, capabilityText[..capabilityLength]))
                && (regionLength == 0 || regionText[..regionLength].SequenceEqual(entry.Info.Region)))
                destination[count++] = (entry.Info.Id, endPoint);
        }
        return count;
    }

    private static bool Offers(PeerInfo peer, ReadOnlySpan<char> capability)
    {
        for (int i = 0; i < peer.Capabilities.Count; i++)
            if (capability.SequenceEqual(peer.Capabilities[i]))
                return true;
        return false;
    }

    /// <summary>All peers at one moment, by id and best first. The order is one flat array: copying it for a change costs less than walking a tree does for a stranger's query.</summary>
    private sealed record Snapshot(ImmutableDictionary<PeerId, PeerEntry> ById, ImmutableArray<PeerEntry> Ranked)
    {
        public static readonly Snapshot Empty = new(ImmutableDictionary<PeerId, PeerEntry>.Empty, []);

        public PeerEntry? Find(in PeerId id) => ById.GetValueOrDefault(id);

        public Snapshot Replace(PeerEntry? before, PeerEntry? after)
        {
            ImmutableArray<PeerEntry> ranked = before is null ? Ranked : Ranked.RemoveAt(Ranked.BinarySearch(before, PeerEntry.BestFirst));
            return after is not null
                ? new(ById.SetItem(after.Info.Id, after), ranked.Insert(~ranked.BinarySearch(after, PeerEntry.BestFirst), after))
                : before is null ? this : new(ById.Remove(before.Info.Id), ranked);
        }
    }
}
