using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Discovery;

/// <summary>An IPv4 or IPv6 address and a UDP port, as a value: 20 bytes, no allocation. An IPv4-mapped IPv6 address is the IPv4 address. The interface of a link-local address is kept up to the index 65535.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct PeerEndPoint : IEquatable<PeerEndPoint>, ISpanFormattable, ISpanParsable<PeerEndPoint>
{
    /// <summary>The compact form of an IPv4 end point (BEP 5): 4 address bytes and 2 port bytes, big-endian.</summary>
    public const int CompactSizeIPv4 = 6;

    /// <summary>The compact form of an IPv6 end point (BEP 32): 16 address bytes and 2 port bytes, big-endian.</summary>
    public const int CompactSizeIPv6 = 18;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ushort _port;
    private readonly ushort _scope;

    internal PeerEndPoint(ulong high, ulong low, ushort port, ushort scope = 0) => (_high, _low, _port, _scope) = (high, low, port, scope);

    /// <summary>An IPv4 end point from the address as a big-endian number: <c>0x7F000001</c> is 127.0.0.1.</summary>
    public PeerEndPoint(uint address, ushort port) : this(0, MappedPrefix | address, port) { }

    /// <summary>An end point of either family.</summary>
    /// <exception cref="ArgumentException"><paramref name="address"/> is neither IPv4 nor IPv6.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is outside 0..65535.</exception>
    public PeerEndPoint(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out int length))
            throw new ArgumentException("Neither an IPv4 nor an IPv6 address.", nameof(address));
        _port = (ushort)port;
        if (length == 4)
        {
            _low = MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes);
            return;
        }
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        if (!IsIPv4)
            _scope = ScopeOf(address.ScopeId);
    }

    /// <summary>The UDP port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>Whether the address is IPv4.</summary>
    public bool IsIPv4 => _high == 0 && _low >> 32 == MappedPrefix >> 32;

    /// <summary>The address family: <see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</summary>
    public AddressFamily AddressFamily => IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    /// <summary>The address as a BCL object. Allocates.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            WriteAddress(bytes);
            return IsIPv4 ? new IPAddress(bytes[..4]) : new IPAddress(bytes, _scope);
        }
    }

    /// <summary>The bytes of <see cref="TryFormatCompact"/>: 6 for IPv4, 18 for IPv6.</summary>
    public int CompactSize => IsIPv4 ? CompactSizeIPv4 : CompactSizeIPv6;

    internal uint IPv4Bits => (uint)_low;
    internal ulong HighBits => _high;
    internal ulong LowBits => _low;
    internal ushort ScopeId => _scope;

    /// <summary>What is kept of an interface's index: 16 bits have to do. A greater one is none, for cut off it would be another interface's.</summary>
    internal static ushort ScopeOf(long index) => index <= ushort.MaxValue ? (ushort)index : (ushort)0;

    /// <summary>The same address with another port.</summary>
    public PeerEndPoint WithPort(int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return new(_high, _low, (ushort)port, _scope);
    }

    /// <summary>The address alone, with port 0: a key for what is counted per address.</summary>
    internal PeerEndPoint AddressKey => new(_high, _low, 0, _scope);

    /// <summary>The network a single party usually holds, with port 0: /24 of IPv4, /64 of IPv6.</summary>
    internal PeerEndPoint SubnetKey => IsIPv4 ? new(0, _low & ~0xFFUL, 0) : new(_high, 0, 0);

    /// <summary>What tells one <see cref="SubnetKey"/> from another: no address that is routed has the same bits in the other family.</summary>
    internal ulong SubnetBits => IsIPv4 ? _low & ~0xFFUL : _high;

    /// <summary>Whether a datagram could go there: port not 0, address not unspecified, multicast or broadcast.</summary>
    public bool IsUnicast => _port != 0 && (IsIPv4
        ? IPv4Bits >> 24 is > 0 and < 224
        : _high >> 56 != 0xFF && (_high != 0 || _low != 0));

    /// <summary>Whether the address is 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? IPv4Bits >> 24 == 127 : _high == 0 && _low == 1;

    /// <summary>Whether the address is meaningful only inside one site: loopback, RFC 1918, RFC 6598, link-local, unique-local.</summary>
    public bool IsPrivate => IsLoopback || (IsIPv4
        ? IPv4Bits >> 24 == 10 || IPv4Bits >> 20 == 0xAC1 || IPv4Bits >> 16 is 0xC0A8 or 0xA9FE || IPv4Bits >> 22 == 0x64400000 >> 22
        : _high >> 57 == 0xFC >> 1 || _high >> 54 == 0xFE80 >> 6);

    /// <summary>Writes the compact form: <see cref="CompactSize"/> bytes.</summary>
    /// <returns>False when <paramref name="destination"/> is too short.</returns>
    public bool TryFormatCompact(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = CompactSize;
        if (destination.Length < bytesWritten)
        {
            bytesWritten = 0;
            return false;
        }
        WriteAddress(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(bytesWritten - 2)..], _port);
        return true;
    }

    /// <summary>Reads the compact form, of which the length tells the family.</summary>
    /// <returns>False unless <paramref name="bytes"/> has 6 or 18 bytes.</returns>
    public static bool TryParseCompact(ReadOnlySpan<byte> bytes, out PeerEndPoint endPoint)
    {
        switch (bytes.Length)
        {
            case CompactSizeIPv4:
                endPoint = new(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));
                return true;
            case CompactSizeIPv6:
                endPoint = new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]));
                return true;
            default:
                endPoint = default;
                return false;
        }
    }

    /// <summary>Writes the address alone: 4 or 16 bytes; <paramref name="destination"/> must hold them.</summary>
    internal void WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4Bits);
            return;
        }
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>Converts from the BCL's end point.</summary>
    public static PeerEndPoint FromIPEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new(endPoint.Address, endPoint.Port);
    }

    /// <summary>Converts to the BCL's end point. Allocates.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address, _port);

    /// <summary>Reads <c>1.2.3.4:5</c> or <c>[::1]:5</c>.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static PeerEndPoint Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out PeerEndPoint endPoint) ? endPoint : throw new FormatException($"'{s}' is not an end point such as 192.0.2.1:6881 or [2001:db8::1]:6881.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static PeerEndPoint Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads <c>1.2.3.4:5</c> or <c>[::1]:5</c>; false when the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PeerEndPoint result)
    {
        int colon = s.LastIndexOf(':');
        ReadOnlySpan<char> host = colon < 0 ? default : s[..colon];
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        // The four-part form only: IPAddress would also read "1" as 0.0.0.1.
        if (colon > 0 && (bracketed || host.Count('.') == 3) && ushort.TryParse(s[(colon + 1)..], System.Globalization.NumberStyles.None, null, out ushort port)
            && IPAddress.TryParse(bracketed ? host[1..^1] : host, out IPAddress? address) && bracketed == (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            result = new(address, port);
            return true;
        }
        result = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out PeerEndPoint)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerEndPoint result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Writes <c>1.2.3.4:5</c> or <c>[::1]:5</c>.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        IsIPv4
            ? destination.TryWrite($"{Address}:{_port}", out charsWritten)
            : destination.TryWrite($"[{Address}]:{_port}", out charsWritten);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The end point as <c>1.2.3.4:5</c> or <c>[::1]:5</c>.</summary>
    public override string ToString() => IsIPv4 ? $"{Address}:{_port}" : $"[{Address}]:{_port}";

    /// <inheritdoc/>
    public bool Equals(PeerEndPoint other) => _low == other._low && _high == other._high && _port == other._port && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PeerEndPoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _port, _scope);

    /// <summary>Whether two end points are the same.</summary>
    public static bool operator ==(PeerEndPoint left, PeerEndPoint right) => left.Equals(right);

    /// <summary>Whether two end points differ.</summary>
    public static bool operator !=(PeerEndPoint left, PeerEndPoint right) => !left.Equals(right);
}
