using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>Writes a message into a span without allocating, never past its end: what does not fit is left out whole, and the caller told.</summary>
/// <remarks>Questions come first, then records in the order of their sections. After every call the message is whole; there is nothing to finish.</remarks>
internal ref struct DnsWriter
{
    /// <summary>What a pointer can reach: 14 bits (RFC 1035 4.1.4).</summary>
    private const int MaxPointer = 0x3FFF;

    private readonly Span<byte> _buffer;
    private DnsCompressionTable _table;
    private int _length;
    private DnsSection _section;

    /// <summary>Writes the header.</summary>
    /// <param name="buffer">The room: at least 12 bytes, and no more than the message may have.</param>
    /// <param name="id">The id.</param>
    /// <param name="flags">The second field of the header, as in <see cref="DnsHeader"/>.</param>
    /// <param name="isMulticast">RFC 6762 18.14: the names in SRV and NSEC records are compressed too. RFC 2782 and 4034 forbid it elsewhere.</param>
    /// <exception cref="ArgumentException">There is no room for the header.</exception>
    public DnsWriter(Span<byte> buffer, ushort id, ushort flags, bool isMulticast)
    {
        if (buffer.Length < DnsHeader.Size)
            throw new ArgumentException("A header has 12 bytes.", nameof(buffer));
        _buffer = buffer;
        _length = DnsHeader.Size;
        IsMulticast = isMulticast;
        buffer[..DnsHeader.Size].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], flags);
    }

    public bool IsMulticast { get; }

    /// <summary>The number of bytes written.</summary>
    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Whether there is only the header.</summary>
    public readonly bool IsEmpty => _length == DnsHeader.Size;

    /// <summary>Says that not all is here (TC).</summary>
    public readonly void SetTruncated() => _buffer[2] |= DnsHeader.Truncated >> 8;

    /// <summary>Writes a question; false when it does not fit.</summary>
    public bool TryWriteQuestion(DnsName name, DnsType type, bool wantsUnicast = false)
    {
        (int length, int names) = (_length, _table.Count);
        if (!TryWriteName(name, compress: true) || !TryWriteUInt16((ushort)type) || !TryWriteUInt16((ushort)(DnsClass.Internet | (wantsUnicast ? DnsClass.TopBit : 0))))
            return TakeBack(length, names);
        Count(0);
        return true;
    }

    /// <summary>Writes a record; false when it does not fit.</summary>
    /// <param name="section">The section, not before that of the record before.</param>
    /// <param name="record">The record.</param>
    /// <param name="ttl">Its time to live in seconds.</param>
    /// <param name="isCacheFlush">Whether to set the top bit of the class (RFC 6762 10.2).</param>
    /// <exception cref="InvalidOperationException">A record of a later section has been written already.</exception>
    public bool TryWrite(DnsSection section, DnsRecord record, uint ttl, bool isCacheFlush = false)
    {
        if (section < _section)
            throw new InvalidOperationException("The sections have an order.");
        (int length, int names) = (_length, _table.Count);
        if (!TryWriteName(record.Name, compress: true) || !TryWriteFixedPart(record, ttl, isCacheFlush) || !TryWriteData(record))
            return TakeBack(length, names);
        _section = section;
        Count((int)section);
        return true;
    }

    private bool TryWriteFixedPart(DnsRecord record, uint ttl, bool isCacheFlush)
    {
        if (_buffer.Length - _length < DnsReader.FixedRecordSize)
            return false;
        Span<byte> fixedPart = _buffer[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[2..], (ushort)(record.Class | (isCacheFlush ? DnsClass.TopBit : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart[4..], ttl);
        _length += DnsReader.FixedRecordSize;
        return true;
    }

    private bool TryWriteData(DnsRecord record)
    {
        int start = _length;
        ReadOnlySpan<byte> data = record.Data;
        if (record.Target is not { } target)
        {
            if (!TryWriteBytes(data))
                return false;
        }
        else if (!TryWriteBytes(data[..record.TargetStart])
            || !TryWriteName(target, IsMulticast || record.Type is not (DnsType.Srv or DnsType.Nsec or DnsType.Dname))
            || !TryWriteBytes(data[(record.TargetStart + target.Length)..]))
        {
            return false;
        }
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(start - 2)..], (ushort)(_length - start));
        return true;
    }

    /// <summary>Writes the labels up to the first end of the name that is in the message already, and a pointer to that.</summary>
    internal bool TryWriteName(DnsName name, bool compress)
    {
        ReadOnlySpan<byte> wire = name.Wire;
        ReadOnlySpan<ushort> hashes = name.SuffixHashes;
        int at = 0, label = 0;
        for (; label < hashes.Length; label++, at += wire[at] + 1)
        {
            if (compress && TryFindSuffix(wire, at, hashes[label], out int offset))
                return TryWriteLabels(wire[..at], hashes[..label]) && TryWriteUInt16((ushort)(0xC000 | offset));
        }
        return TryWriteLabels(wire, hashes);
    }

    private readonly bool TryFindSuffix(ReadOnlySpan<byte> wire, int at, ushort hash, out int offset)
    {
        DnsNameView suffix = new(wire, at, wire.Length - at, isPlain: true);
        for (int index = 0; _table.TryFind(hash, ref index, out offset); index++)
            if (new DnsNameView(_buffer, offset, suffix.Length, isPlain: false).Equals(suffix))
                return true;
        return false;
    }

    private bool TryWriteLabels(ReadOnlySpan<byte> labels, ReadOnlySpan<ushort> hashes)
    {
        int start = _length, at = 0;
        if (!TryWriteBytes(labels))
            return false;
        foreach (ushort hash in hashes)
        {
            if (start + at > MaxPointer)
                break;
            _table.Add(hash, start + at);
            at += labels[at] + 1;
        }
        return true;
    }

    private bool TryWriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_buffer[_length..]))
            return false;
        _length += bytes.Length;
        return true;
    }

    private bool TryWriteUInt16(ushort value)
    {
        if (!BinaryPrimitives.TryWriteUInt16BigEndian(_buffer[_length..], value))
            return false;
        _length += sizeof(ushort);
        return true;
    }

    private bool TakeBack(int length, int names)
    {
        _length = length;
        _table.Truncate(names);
        return false;
    }

    private readonly void Count(int field)
    {
        Span<byte> count = _buffer[(4 + 2 * field)..];
        BinaryPrimitives.WriteUInt16BigEndian(count, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(count) + 1));
    }
}
