using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Discovery.Peers;

/// <summary>Peers as a file. A damaged part costs the peers in it and no other, and the reader says so.</summary>
/// <remarks>
/// Numbers are big-endian. The head: <c>DSCPEERS</c>, the version (4 bytes), the number of peers (4) and the CRC-32C of these 16 bytes. Then each peer: a marker (4), the length of its bytes (4), the
/// CRC-32C of length and bytes (4), and the bytes (<see cref="StoredPeer.TryFormat"/>). After damage reading goes on at the next marker whose checksum is right.
/// </remarks>
internal static class PeerFile
{
    /// <summary>The bytes before the first peer.</summary>
    public const int HeadSize = 20;

    /// <summary>The bytes before those of a peer.</summary>
    public const int PeerHeadSize = 12;

    private const uint Version = 1;
    private const int UsualPeerSize = 512;

    private static ReadOnlySpan<byte> Magic => "DSCPEERS"u8;

    private static ReadOnlySpan<byte> Marker => [0xD5, 0x1C, 0x9E, 0xE5];

    /// <summary>Writes a file.</summary>
    /// <param name="peers">The peers, the best first.</param>
    /// <param name="maxSize">The most bytes; of more peers than fit, the first ones are written.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<StoredPeer> peers, int maxSize = int.MaxValue)
    {
        ArrayBufferWriter<byte> file = new(HeadSize + peers.Count * UsualPeerSize);
        file.GetSpan(HeadSize)[..HeadSize].Clear();
        file.Advance(HeadSize);
        uint count = 0;
        foreach (StoredPeer peer in peers)
        {
            Span<byte> room = file.GetSpan(PeerHeadSize + StoredPeer.MaxSize);
            if (!peer.TryFormat(room[PeerHeadSize..], out int length))
                throw new InvalidOperationException($"{nameof(StoredPeer)}.{nameof(StoredPeer.MaxSize)} is too small.");
            if (file.WrittenCount + PeerHeadSize + length > maxSize)
                break;
            Marker.CopyTo(room);
            BinaryPrimitives.WriteUInt32BigEndian(room[4..], (uint)length);
            BinaryPrimitives.WriteUInt32BigEndian(room[8..], Checksum(room, length));
            file.Advance(PeerHeadSize + length);
            count++;
        }
        // The number is known only now.
        Span<byte> head = MemoryMarshal.AsMemory(file.WrittenMemory).Span;
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32BigEndian(head[8..], Version);
        BinaryPrimitives.WriteUInt32BigEndian(head[12..], count);
        BinaryPrimitives.WriteUInt32BigEndian(head[16..], Crc32C.Compute(head[..16]));
        return file.WrittenMemory;
    }

    /// <summary>Reads a file, as much of it as is whole.</summary>
    public static PeerStoreContent Read(ReadOnlySpan<byte> file)
    {
        bool hasHead = file.Length >= HeadSize && file.StartsWith(Magic) && BinaryPrimitives.ReadUInt32BigEndian(file[16..]) == Crc32C.Compute(file[..16]);
        uint version = hasHead ? BinaryPrimitives.ReadUInt32BigEndian(file[8..]) : Version;
        if (version != Version)
            return new() { Problem = $"The file is of version {version}; this program reads version {Version}." };
        List<StoredPeer> peers = [];
        int at = hasHead ? HeadSize : 0, skipped = 0;
        while (at < file.Length)
        {
            if (TryReadPeer(file[at..], out StoredPeer? peer, out int size))
            {
                peers.Add(peer!);
                at += size;
                continue;
            }
            int next = file[(at + 1)..].IndexOf(Marker);
            int end = next < 0 ? file.Length : at + 1 + next;
            skipped += end - at;
            at = end;
        }
        long promised = hasHead ? BinaryPrimitives.ReadUInt32BigEndian(file[12..]) : peers.Count;
        int lost = (int)Math.Min(int.MaxValue, Math.Max(promised - peers.Count, 0));
        string? problem = !hasHead ? $"The head of the file is damaged; {peers.Count} peers could be read."
            : lost > 0 || skipped > 0 ? $"{lost} of {promised} peers are damaged ({skipped} bytes passed over)." : null;
        return new() { Peers = peers, Lost = lost, Problem = problem };
    }

    private static bool TryReadPeer(ReadOnlySpan<byte> file, out StoredPeer? peer, out int size)
    {
        (peer, size) = (null, 0);
        if (file.Length < PeerHeadSize || !file.StartsWith(Marker))
            return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[4..]);
        if (length > Math.Min(StoredPeer.MaxSize, file.Length - PeerHeadSize) || BinaryPrimitives.ReadUInt32BigEndian(file[8..]) != Checksum(file, (int)length))
            return false;
        size = PeerHeadSize + (int)length;
        return StoredPeer.TryParse(file[PeerHeadSize..size], out peer);
    }

    // Over the length too, so that a damaged length is not taken for a long peer. The eight bytes between them, marker and checksum, are not in it.
    private static uint Checksum(ReadOnlySpan<byte> peer, int length) =>
        Crc32C.Compute(peer.Slice(PeerHeadSize, length)) ^ System.Numerics.BitOperations.Crc32C(uint.MaxValue, (uint)length);
}
