using System.Buffers.Binary;
using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <summary>A node worth asking after a restart.</summary>
internal readonly record struct SnapshotNode(NodeId Id, PeerEndPoint EndPoint);

/// <summary>The routing table as a file: a bencoded dictionary of <c>checksum</c>, <c>id</c>, <c>id6</c>, <c>nodes</c>, <c>nodes6</c> (compact, best first; BEP 5, BEP 32) and <c>version</c>.</summary>
/// <remarks>The checksum is the CRC-32C of everything behind it, so that a torn file is noticed. What is read is a hint: whoever is in it must answer before it counts.</remarks>
internal static class RoutingTableSnapshot
{
    /// <summary>The most nodes that are written or read.</summary>
    public const int MaxNodes = 512;

    /// <summary>The longest file that is read, in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    private const int Version = 1;
    private const int SizeIPv4 = NodeId.Size + PeerEndPoint.CompactSizeIPv4;
    private const int SizeIPv6 = NodeId.Size + PeerEndPoint.CompactSizeIPv6;

    // A dictionary whose first key is the checksum.
    private static ReadOnlySpan<byte> Start => "d8:checksum4:"u8;

    /// <summary>Whether a file, damaged or not, is a snapshot by its beginning.</summary>
    public static bool IsOne(ReadOnlySpan<byte> data) => data.StartsWith(Start);

    /// <summary>Writes a snapshot; of more than <see cref="MaxNodes"/> nodes the first.</summary>
    /// <param name="destination">Room for <see cref="MaxSize"/> bytes is always enough.</param>
    /// <param name="nodes">The nodes of both families, best first.</param>
    /// <param name="id4">Our id among IPv4 nodes.</param>
    /// <param name="id6">Our id among IPv6 nodes.</param>
    /// <returns>The number of bytes written; 0 when they do not fit.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<SnapshotNode> nodes, in NodeId id4, in NodeId id6)
    {
        nodes = nodes[..Math.Min(nodes.Length, MaxNodes)];
        BencodeWriter writer = new(destination);
        writer.BeginDictionary();
        writer.WriteString("checksum"u8);
        Span<byte> checksum = writer.ReserveString(sizeof(uint));
        int covered = writer.Length;
        writer.WriteString("id"u8);
        WriteId(ref writer, id4);
        writer.WriteString("id6"u8);
        WriteId(ref writer, id6);
        writer.WriteString("nodes"u8);
        WriteNodes(ref writer, nodes, ipv4: true);
        writer.WriteString("nodes6"u8);
        WriteNodes(ref writer, nodes, ipv4: false);
        writer.WriteString("version"u8);
        writer.WriteInteger(Version);
        writer.End();
        if (writer.Overflowed)
            return 0;
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C.Compute(writer.Written[covered..]));
        return writer.Length;
    }

    /// <summary>Reads a snapshot. Nodes that cannot be reached are left out.</summary>
    /// <param name="data">The file.</param>
    /// <param name="nodes">Where the nodes go, IPv4 before IPv6, each best first; room for <see cref="MaxNodes"/> is always enough.</param>
    /// <param name="count">The number of nodes.</param>
    /// <param name="id4">Our id among IPv4 nodes.</param>
    /// <param name="id6">Our id among IPv6 nodes.</param>
    /// <returns>False when the file is torn, malformed, too large or of another version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, Span<SnapshotNode> nodes, out int count, out NodeId id4, out NodeId id6)
    {
        count = 0;
        id4 = id6 = default;
        BencodeReader reader = new(data);
        if (data.Length > MaxSize || !reader.TryEnterDictionary()
            || !reader.TryReadKey(out ReadOnlySpan<byte> key) || !key.SequenceEqual("checksum"u8)
            || !reader.TryReadString(out ReadOnlySpan<byte> checksum) || checksum.Length != sizeof(uint)
            || BinaryPrimitives.ReadUInt32BigEndian(checksum) != Crc32C.Compute(data[reader.Position..]))
            return false;
        ReadOnlySpan<byte> own4 = default, own6 = default, compact4 = default, compact6 = default;
        long version = 0;
        while (reader.TryReadKey(out key))
        {
            bool read = key.SequenceEqual("id"u8) ? reader.TryReadString(out own4)
                : key.SequenceEqual("id6"u8) ? reader.TryReadString(out own6)
                : key.SequenceEqual("nodes"u8) ? reader.TryReadString(out compact4)
                : key.SequenceEqual("nodes6"u8) ? reader.TryReadString(out compact6)
                : key.SequenceEqual("version"u8) ? reader.TryReadInteger(out version)
                : reader.TrySkip();
            if (!read)
                return false;
        }
        if (!reader.TryLeave() || !reader.IsAtEnd || version != Version
            || !NodeId.TryParse(own4, out NodeId first) || !NodeId.TryParse(own6, out NodeId second)
            || compact4.Length % SizeIPv4 != 0 || compact6.Length % SizeIPv6 != 0
            || compact4.Length / SizeIPv4 + compact6.Length / SizeIPv6 > MaxNodes)
            return false;
        (id4, id6) = (first, second);
        ReadNodes(compact4, SizeIPv4, nodes, ref count);
        ReadNodes(compact6, SizeIPv6, nodes, ref count);
        return true;
    }

    private static void WriteId(ref BencodeWriter writer, in NodeId id) => id.TryFormat(writer.ReserveString(NodeId.Size));

    private static void WriteNodes(ref BencodeWriter writer, ReadOnlySpan<SnapshotNode> nodes, bool ipv4)
    {
        int count = 0;
        foreach (ref readonly SnapshotNode node in nodes)
            count += node.EndPoint.IsIPv4 == ipv4 ? 1 : 0;
        Span<byte> room = writer.ReserveString(count * (ipv4 ? SizeIPv4 : SizeIPv6));
        if (writer.Overflowed)
            return;
        foreach (ref readonly SnapshotNode node in nodes)
        {
            if (node.EndPoint.IsIPv4 != ipv4)
                continue;
            node.Id.TryFormat(room);
            node.EndPoint.TryFormatCompact(room[NodeId.Size..], out int length);
            room = room[(NodeId.Size + length)..];
        }
    }

    private static void ReadNodes(ReadOnlySpan<byte> compact, int size, Span<SnapshotNode> nodes, ref int count)
    {
        for (; compact.Length > 0 && count < nodes.Length; compact = compact[size..])
        {
            if (PeerEndPoint.TryParseCompact(compact[NodeId.Size..size], out PeerEndPoint endPoint) && endPoint.IsUnicast)
                nodes[count++] = new(new NodeId(compact[..NodeId.Size]), endPoint);
        }
    }
}
