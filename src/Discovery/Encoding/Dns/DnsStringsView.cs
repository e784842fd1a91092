namespace Discovery.Encoding.Dns;

/// <summary>The character-strings of a TXT record (RFC 1035 3.3.14), each 0 to 255 bytes, where they stand.</summary>
internal readonly ref struct DnsStringsView
{
    private readonly ReadOnlySpan<byte> _data;

    private DnsStringsView(ReadOnlySpan<byte> data, int count)
    {
        _data = data;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Takes the data of a record. No data at all is no strings (RFC 6763 6.1).</summary>
    /// <returns>False when the last string is longer than the data.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out DnsStringsView strings)
    {
        int at = 0, count = 0;
        for (; at < data.Length; count++)
            at += data[at] + 1;
        strings = at == data.Length ? new(data, count) : default;
        return at == data.Length;
    }

    public Enumerator GetEnumerator() => new(_data);

    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
                return false;
            Current = _rest.Slice(1, _rest[0]);
            _rest = _rest[(Current.Length + 1)..];
            return true;
        }
    }
}
