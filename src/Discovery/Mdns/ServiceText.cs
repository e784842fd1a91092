using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>The key/value pairs of a service: its TXT record (RFC 6763 6). Keys compare without regard to case; a key may have a value, an empty value, or none.</summary>
public sealed class ServiceText : IReadOnlyCollection<KeyValuePair<string, string?>>, IEquatable<ServiceText>
{
    /// <summary>The longest TXT record that can be published, in bytes: with it an announcement still fits into one Ethernet frame.</summary>
    public const int MaxLength = 1024;

    private readonly byte[] _wire;
    private readonly List<(string Key, byte[]? Value)> _pairs;

    private ServiceText(byte[] wire, List<(string Key, byte[]? Value)> pairs)
    {
        _wire = wire;
        _pairs = pairs;
    }

    /// <summary>No pairs.</summary>
    public static ServiceText Empty { get; } = new([0], []);

    /// <summary>The number of pairs.</summary>
    public int Count => _pairs.Count;

    /// <summary>The data of the TXT record.</summary>
    internal ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The value of a key as UTF-8 text; null when the key is not there, or has no value.</summary>
    public string? this[string key] => TryGetValue(key, out ReadOnlyMemory<byte> value) ? System.Text.Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>Makes a text of pairs, in their order. A null value makes a key without a value.</summary>
    /// <exception cref="ArgumentException">A key is empty, holds anything but printable ASCII or holds '=', comes twice, or a pair has more than 255 bytes, or all have more than <see cref="MaxLength"/>.</exception>
    public static ServiceText Create(params IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        List<(string Key, byte[]? Value)> kept = [];
        List<byte> wire = [];
        foreach ((string key, string? value) in pairs)
        {
            if (string.IsNullOrEmpty(key) || key.AsSpan().ContainsAnyExceptInRange(' ', '~') || key.Contains('='))
                throw new ArgumentException($"'{key}' is not a key: printable ASCII without '='.", nameof(pairs));
            if (kept.Exists(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
                throw new ArgumentException($"The key '{key}' comes twice.", nameof(pairs));
            byte[] text = System.Text.Encoding.UTF8.GetBytes(value is null ? key : $"{key}={value}");
            if (text.Length > byte.MaxValue)
                throw new ArgumentException($"The pair of '{key}' has more than 255 bytes.", nameof(pairs));
            kept.Add((key, value is null ? null : text[(key.Length + 1)..]));
            wire.Add((byte)text.Length);
            wire.AddRange(text);
        }
        if (wire.Count > MaxLength)
            throw new ArgumentException($"The pairs have more than {MaxLength} bytes.", nameof(pairs));
        return kept.Count == 0 ? Empty : new([.. wire], kept);
    }

    /// <summary>Whether the key is there, with or without a value.</summary>
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <summary>The value of a key, which may hold any bytes; false when the key is not there, or has no value.</summary>
    public bool TryGetValue(string key, out ReadOnlyMemory<byte> value)
    {
        int index = IndexOf(key);
        bool found = index >= 0 && _pairs[index].Value is not null;
        value = found ? _pairs[index].Value : default;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string?>> GetEnumerator() =>
        _pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : System.Text.Encoding.UTF8.GetString(pair.Value))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether the TXT records are the same byte for byte.</summary>
    public bool Equals([NotNullWhen(true)] ServiceText? other) => other is not null && _wire.AsSpan().SequenceEqual(other._wire);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as ServiceText);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_wire);
        return hash.ToHashCode();
    }

    /// <summary>Reads the data of a TXT record; null when it is malformed. Of keys that come twice the first counts, strings without a key are passed over (RFC 6763 6.4).</summary>
    internal static ServiceText? Read(ReadOnlySpan<byte> data)
    {
        if (!DnsStringsView.TryRead(data, out DnsStringsView strings))
            return null;
        List<(string Key, byte[]? Value)> pairs = [];
        foreach (ReadOnlySpan<byte> text in strings)
        {
            int equals = text.IndexOf((byte)'=');
            if (text.IsEmpty || equals == 0)
                continue;
            string key = System.Text.Encoding.UTF8.GetString(equals < 0 ? text : text[..equals]);
            if (!pairs.Exists(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
                pairs.Add((key, equals < 0 ? null : text[(equals + 1)..].ToArray()));
        }
        return new(data.ToArray(), pairs);
    }

    private int IndexOf(string key) => _pairs.FindIndex(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
}
