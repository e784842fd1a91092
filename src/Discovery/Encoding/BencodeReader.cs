namespace Discovery.Encoding;

/// <summary>Walks over bencoded bytes (BEP 3) without allocating and without throwing.</summary>
/// <remarks>
/// Every method either consumes what it names and returns true, or consumes nothing and returns false: the next thing is of another type, or malformed.
/// So a value of an unexpected type can be skipped, and only what cannot be skipped is malformed. The reader is lenient about the order of keys and about
/// leading zeros; <see cref="Bencode.Validate"/> is the check for the canonical form.
/// <code>
/// if (!reader.TryEnterDictionary()) return false;
/// while (reader.TryReadKey(out ReadOnlySpan&lt;byte&gt; key))
///     if (!(key.SequenceEqual("port"u8) ? reader.TryReadInteger(out port) : reader.TrySkip())) return false;
/// return reader.TryLeave() &amp;&amp; reader.IsAtEnd;
/// </code>
/// </remarks>
public ref struct BencodeReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _maxDepth;
    private int _position;

    /// <summary>A reader before the first byte of <paramref name="data"/>.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="maxDepth">How many lists and dictionaries may be open at once inside a value that is skipped or taken raw: 0 to 2048.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDepth"/> is out of range.</exception>
    public BencodeReader(ReadOnlySpan<byte> data, int maxDepth = Bencode.DefaultMaxDepth)
    {
        Bencode.ThrowUnlessDepth(maxDepth);
        _data = data;
        _maxDepth = maxDepth;
    }

    /// <summary>The number of bytes consumed.</summary>
    public readonly int Position => _position;

    /// <summary>Whether every byte has been consumed.</summary>
    public readonly bool IsAtEnd => _position == _data.Length;

    /// <summary>What comes next.</summary>
    public readonly BencodeType NextType => (uint)_position >= (uint)_data.Length ? BencodeType.None : _data[_position] switch
    {
        >= (byte)'0' and <= (byte)'9' => BencodeType.String,
        (byte)'i' => BencodeType.Integer,
        (byte)'l' => BencodeType.List,
        (byte)'d' => BencodeType.Dictionary,
        (byte)'e' => BencodeType.End,
        _ => BencodeType.Invalid,
    };

    /// <summary>Reads an integer that fits into 64 bits.</summary>
    public bool TryReadInteger(out long value)
    {
        value = 0;
        if (NextType != BencodeType.Integer)
            return false;
        int position = _position;
        if (Bencode.ScanInteger(_data, ref position, out value) is BencodeError.Malformed or BencodeError.IntegerOverflow)
            return false;
        _position = position;
        return true;
    }

    /// <summary>Reads a byte string; <paramref name="value"/> is a slice of the data.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        int position = _position;
        if (!Bencode.TryScanString(_data, ref position, out int start, out _))
        {
            value = default;
            return false;
        }
        value = _data[start..position];
        _position = position;
        return true;
    }

    /// <summary>Reads the next key of a dictionary; false at its end, where <see cref="TryLeave"/> succeeds.</summary>
    public bool TryReadKey(out ReadOnlySpan<byte> key) => TryReadString(out key);

    /// <summary>Steps into a list.</summary>
    public bool TryEnterList() => TryConsume((byte)'l');

    /// <summary>Steps into a dictionary.</summary>
    public bool TryEnterDictionary() => TryConsume((byte)'d');

    /// <summary>Steps out of a list or dictionary that has been read to its end.</summary>
    public bool TryLeave() => TryConsume((byte)'e');

    /// <summary>Passes over one whole value of any type.</summary>
    public bool TrySkip()
    {
        if (NextType == BencodeType.String)
            return TryReadString(out _);
        int position = _position;
        if (Bencode.Scan(_data, ref position, _maxDepth, out _) != BencodeError.None)
            return false;
        _position = position;
        return true;
    }

    /// <summary>Passes over one whole value and gives its bytes as they stand.</summary>
    public bool TryReadRaw(out ReadOnlySpan<byte> value)
    {
        int start = _position;
        bool skipped = TrySkip();
        value = _data[start.._position];
        return skipped;
    }

    private bool TryConsume(byte token)
    {
        if ((uint)_position >= (uint)_data.Length || _data[_position] != token)
            return false;
        _position++;
        return true;
    }
}
