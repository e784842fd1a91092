using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <summary>A node as <c>nodes</c> and <c>nodes6</c> carry it: an id and an end point.</summary>
internal readonly record struct CompactNode(NodeId Id, PeerEndPoint EndPoint)
{
    public const int SizeIPv4 = NodeId.Size + PeerEndPoint.CompactSizeIPv4;
    public const int SizeIPv6 = NodeId.Size + PeerEndPoint.CompactSizeIPv6;

    public static int SizeOf(bool ipv4) => ipv4 ? SizeIPv4 : SizeIPv6;

    /// <summary>Writes id and end point; <paramref name="destination"/> must hold them.</summary>
    public static int Write(in NodeId id, in PeerEndPoint endPoint, Span<byte> destination)
    {
        id.TryFormat(destination);
        endPoint.TryFormatCompact(destination[NodeId.Size..], out int written);
        return NodeId.Size + written;
    }
}

/// <summary>Walks over concatenated compact nodes; bytes left over at the end are ignored.</summary>
internal ref struct CompactNodes(ReadOnlySpan<byte> bytes, bool ipv4)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private readonly int _size = CompactNode.SizeOf(ipv4);

    public CompactNode Current { get; private set; }

    public readonly CompactNodes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < _size || !PeerEndPoint.TryParseCompact(_rest[NodeId.Size.._size], out PeerEndPoint endPoint))
            return false;
        Current = new(new NodeId(_rest[..NodeId.Size]), endPoint);
        _rest = _rest[_size..];
        return true;
    }
}

/// <summary>Walks over a bencoded list of compact end points; entries that are none are passed over.</summary>
internal ref struct CompactEndPoints
{
    private BencodeReader _reader;
    private int _left;

    public CompactEndPoints(ReadOnlySpan<byte> list, int max)
    {
        _reader = new BencodeReader(list);
        _left = _reader.TryEnterList() ? max : 0;
    }

    public PeerEndPoint Current { get; private set; }

    public readonly CompactEndPoints GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_left-- > 0)
        {
            if (!_reader.TryReadString(out ReadOnlySpan<byte> bytes))
            {
                if (!_reader.TrySkip())
                    return false;
                continue;
            }
            if (!PeerEndPoint.TryParseCompact(bytes, out PeerEndPoint endPoint))
                continue;
            Current = endPoint;
            return true;
        }
        return false;
    }
}
