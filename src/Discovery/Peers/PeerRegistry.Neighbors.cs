using System.Buffers;
using System.Text.Unicode;

namespace Discovery.Peers;

/// <content>What others are told.</content>
internal sealed partial class PeerRegistry
{
    /// <summary>Peers to tell to somebody else, each with an end point of one family at which its key was proven: the best first or, to one who says where it is, the nearest to it.</summary>
    /// <param name="capability">UTF-8; empty for any.</param>
    /// <param name="region">UTF-8; empty for any.</param>
    /// <param name="ipv4">The family of the end points.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="near">Where the one who asks says it is; null for the best. Peers that do not say where they are come last.</param>
    /// <returns>How many were written. None when a text has more than 64 characters or is not UTF-8.</returns>
    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination, NetworkCoordinate? near = null)
    {
        Span<char> capabilityText = stackalloc char[PeerRecord.MaxTextSize], regionText = stackalloc char[PeerRecord.MaxTextSize];
        if (Utf8.ToUtf16(capability, capabilityText, out _, out int capabilityLength, replaceInvalidSequences: false) != OperationStatus.Done
            || Utf8.ToUtf16(region, regionText, out _, out int regionLength, replaceInvalidSequences: false) != OperationStatus.Done)
            return 0;
        NearestFirst nearest = new(destination, new float[near is null ? 0 : destination.Length]);
        foreach (PeerEntry entry in _snapshot.Ranked)
        {
            if (near is null && nearest.IsFull)
                break;
            if (entry.Info.IsAlive && (ipv4 ? entry.ProvenIPv4 : entry.ProvenIPv6) is { } endPoint
                && (capabilityLength == 0 || Offers(entry.Info, capabilityText[..capabilityLength]))
                && (regionLength == 0 || regionText[..regionLength].SequenceEqual(entry.Info.Region)))
                nearest.Add(entry.Info.Id, endPoint, near is not { } here ? null : entry.Coordinate is { } there ? here.PredictMilliseconds(there) : float.MaxValue);
        }
        return nearest.Count;
    }

    private static bool Offers(PeerInfo peer, ReadOnlySpan<char> capability)
    {
        for (int i = 0; i < peer.Capabilities.Count; i++)
            if (capability.SequenceEqual(peer.Capabilities[i]))
                return true;
        return false;
    }

    /// <summary>Keeps the nearest few in order; those without a distance as they come.</summary>
    private ref struct NearestFirst(Span<(PeerId Id, PeerEndPoint EndPoint)> peers, Span<float> distances)
    {
        private readonly Span<(PeerId Id, PeerEndPoint EndPoint)> _peers = peers;
        private readonly Span<float> _distances = distances;

        public int Count { get; private set; }

        public readonly bool IsFull => Count == _peers.Length;

        public void Add(in PeerId id, in PeerEndPoint endPoint, float? distance)
        {
            int at = Count;
            if (distance is { } milliseconds)
            {
                while (at > 0 && milliseconds < _distances[at - 1])
                    at--;
                if (at == _peers.Length)
                    return;
                int kept = Math.Min(Count, _peers.Length - 1) - at;
                _peers.Slice(at, kept).CopyTo(_peers[(at + 1)..]);
                _distances.Slice(at, kept).CopyTo(_distances[(at + 1)..]);
                _distances[at] = milliseconds;
            }
            _peers[at] = (id, endPoint);
            Count = Math.Min(Count + 1, _peers.Length);
        }
    }
}
