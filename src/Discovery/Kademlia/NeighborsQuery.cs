using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <summary><c>dsc_neighbors</c>: which peers a member knows. What it says is hearsay: nobody is there until it has proven its key.</summary>
internal sealed class NeighborsQuery : MemberQuery
{
    /// <summary>The most peers in one answer (PROTOCOL).</summary>
    public const int MaxCount = 20;

    private readonly int _count;
    private readonly byte[]? _capability;
    private readonly ReadOnlyMemory<byte> _coordinate;

    /// <param name="endPoint">Whom to ask.</param>
    /// <param name="network">The network's topic.</param>
    /// <param name="count">How many peers are wanted: 1 to 20.</param>
    /// <param name="capability">What they must offer; null for any.</param>
    /// <param name="coordinate">Where this peer is among round-trip times, so that the nearest to it come first; empty when that is not to be told.</param>
    public NeighborsQuery(in PeerEndPoint endPoint, in NodeId network, int count = MaxCount, string? capability = null, ReadOnlyMemory<byte> coordinate = default) : base(endPoint, network)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        (_count, _coordinate) = (count, coordinate);
        _capability = capability is null ? null : System.Text.Encoding.UTF8.GetBytes(capability);
    }

    /// <summary>Who was named, in that order, each end point once.</summary>
    public IReadOnlyList<(PeerId Id, PeerEndPoint EndPoint)> Neighbors { get; private set; } = [];

    protected override void WriteQuestion(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Neighbors;
        query.Count = _count;
        query.Capability = _capability;
        query.Coordinate = _coordinate.Span;
    }

    protected override bool OnMemberAnswer(in KrpcMessage reply)
    {
        BencodeReader reader = new(reply.Peers);
        if (!reader.TryEnterList())
            return false;
        List<(PeerId, PeerEndPoint)> neighbors = [];
        HashSet<PeerEndPoint> seen = [EndPoint];
        for (int i = 0; i < _count && reader.NextType != BencodeType.End; i++)
            if (!reader.TryReadString(out ReadOnlySpan<byte> entry))
            {
                if (!reader.TrySkip())
                    break;
            }
            else if (entry.Length > PeerId.Size && PeerId.TryParse(entry[..PeerId.Size], out PeerId id) && PeerEndPoint.TryParseCompact(entry[PeerId.Size..], out PeerEndPoint endPoint)
                && IsPossible(endPoint) && seen.Add(endPoint))
                neighbors.Add((id, endPoint));
        Neighbors = neighbors;
        return true;
    }

    // Trap 12. And whoever is not on this machine knows nobody on it: it would have us ask our own services.
    private bool IsPossible(in PeerEndPoint endPoint) => endPoint.IsUnicast && (!endPoint.IsLoopback || EndPoint.IsLoopback);
}
