using System.Runtime.CompilerServices;

namespace Discovery.Encoding.Dns;

/// <summary>Where in a message names and the ends of names stand, found by their hash. Lives inside the writer, so it costs no allocation.</summary>
internal struct DnsCompressionTable
{
    private const int Capacity = 128;

    private Offsets _hashes, _offsets;

    [InlineArray(Capacity)]
    private struct Offsets
    {
        private ushort _first;
    }

    public int Count { readonly get; private set; }

    /// <summary>Remembers a place; when the table is full later names are written out in full.</summary>
    public void Add(ushort hash, int offset)
    {
        if (Count == Capacity)
            return;
        _hashes[Count] = hash;
        _offsets[Count++] = (ushort)offset;
    }

    /// <summary>Finds the next entry at or after <paramref name="index"/> that has the hash.</summary>
    public readonly bool TryFind(ushort hash, ref int index, out int offset)
    {
        ReadOnlySpan<ushort> hashes = _hashes;
        int found = hashes[index..Count].IndexOf(hash);
        index += found;
        offset = found < 0 ? 0 : _offsets[index];
        return found >= 0;
    }

    /// <summary>Forgets all but the first entries.</summary>
    public void Truncate(int count) => Count = count;
}
