using System.Diagnostics.CodeAnalysis;

namespace Discovery.Encoding.Dns;

/// <summary>A name to keep: its labels without compression, the case as it came. Compares without regard to the case of ASCII letters.</summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    private readonly byte[] _wire;
    private readonly ushort[] _suffixHashes;
    private readonly int _hash;

    private DnsName(byte[] wire)
    {
        _wire = wire;
        _hash = View.ComputeHash();
        _suffixHashes = HashSuffixes(wire);
    }

    /// <summary>The root.</summary>
    public static DnsName Root { get; } = new([0]);

    /// <summary>The labels, each after its length, and the root: 1 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    public int Length => _wire.Length;

    public DnsNameView View => new(_wire, 0, _wire.Length, isPlain: true);

    /// <summary>The first label as text; empty for the root.</summary>
    public string FirstLabel => System.Text.Encoding.UTF8.GetString(View.FirstLabel);

    /// <summary>For every label a hash of the name from there to the end: where <see cref="DnsWriter"/> looks for what it has written already.</summary>
    internal ReadOnlySpan<ushort> SuffixHashes => _suffixHashes;

    public static DnsName From(scoped in DnsNameView view)
    {
        byte[] wire = new byte[view.Length];
        view.CopyTo(wire);
        return new(wire);
    }

    /// <summary>Reads text such as <c>Dr\. Pepper._http._tcp.local.</c>; the last dot may be missing.</summary>
    /// <exception cref="FormatException">It is not a name.</exception>
    public static DnsName Parse(string text) => TryParse(text, out DnsName? name) ? name : throw new FormatException($"'{text}' is not a domain name.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string text, [NotNullWhen(true)] out DnsName? name)
    {
        Span<byte> wire = stackalloc byte[DnsNameView.MaxLength];
        name = DnsNameText.TryParse(text, wire, out int length) ? new(wire[..length].ToArray()) : null;
        return name is not null;
    }

    /// <summary>Whether <see cref="Prepend(ReadOnlySpan{byte})"/> makes a name of it.</summary>
    public bool CanPrepend(int labelLength) => labelLength is > 0 and <= DnsNameView.MaxLabelLength && labelLength + 1 + Length <= DnsNameView.MaxLength;

    /// <summary>The name with one more label in front, whatever bytes it has.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 63 bytes, or the name would be longer than 255.</exception>
    public DnsName Prepend(ReadOnlySpan<byte> label)
    {
        if (!CanPrepend(label.Length))
            throw new ArgumentException("A label has 1 to 63 bytes, and a name at most 255.", nameof(label));
        byte[] wire = new byte[label.Length + 1 + Length];
        wire[0] = (byte)label.Length;
        label.CopyTo(wire.AsSpan(1));
        _wire.CopyTo(wire, label.Length + 1);
        return new(wire);
    }

    /// <inheritdoc cref="Prepend(ReadOnlySpan{byte})"/>
    public DnsName Prepend(string label) => Prepend(System.Text.Encoding.UTF8.GetBytes(label));

    public bool Equals(DnsName? other) => other is not null && (ReferenceEquals(this, other) || (_hash == other._hash && DnsNameView.AsciiEquals(_wire, other._wire)));

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => _hash;

    public override string ToString() => DnsNameText.Format(View);

    private static ushort[] HashSuffixes(byte[] wire)
    {
        Span<byte> starts = stackalloc byte[128];
        int count = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1)
            starts[count++] = (byte)at;
        ushort[] hashes = new ushort[count];
        uint hash = 2166136261; // FNV-1a over the labels from the last to the first, so that equal suffixes have equal hashes.
        while (--count >= 0)
        {
            ReadOnlySpan<byte> label = wire.AsSpan(starts[count], wire[starts[count]] + 1);
            foreach (byte value in label)
                hash = (hash ^ DnsNameView.Lower(value)) * 16777619;
            hashes[count] = (ushort)(hash ^ hash >> 16);
        }
        return hashes;
    }
}
