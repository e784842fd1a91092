using System.Runtime.InteropServices;

namespace Discovery.Kademlia;

/// <summary>A node of the routing table: 48 bytes, so that a hundred thousand tables fit in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TableEntry(in NodeId id, in PeerEndPoint endPoint)
{
    /// <summary>The largest round-trip time that is told apart; also the value of one not yet measured.</summary>
    public static readonly TimeSpan SlowestRtt = TimeSpan.FromMicroseconds(ushort.MaxValue * 100L);

    /// <summary>To what part of a second times are kept.</summary>
    public static readonly TimeSpan TimeResolution = TimeSpan.FromMilliseconds(100);

    public readonly NodeId Id = id;
    public readonly PeerEndPoint EndPoint = endPoint;
    private uint _lastSeen;
    private ushort _rtt = ushort.MaxValue;

    /// <summary>Queries in a row that went unanswered.</summary>
    public byte Failures;

    /// <summary>Whether the id is bound to the address by BEP 42 (or the address is exempt).</summary>
    public bool IsSecure;

    /// <summary>When the last answer came, to 100 ms.</summary>
    public TimeSpan LastSeen
    {
        readonly get => FromTenths(_lastSeen);
        set => _lastSeen = ToTenths(value);
    }

    /// <summary>The smoothed round-trip time, to 100 µs.</summary>
    public TimeSpan Rtt
    {
        readonly get => TimeSpan.FromMicroseconds(_rtt * 100L);
        set => _rtt = (ushort)Math.Clamp(value.Ticks / (TimeSpan.TicksPerMicrosecond * 100), 0, ushort.MaxValue);
    }

    /// <summary>What keeping the entry costs: unreliable before insecure before slow.</summary>
    public readonly int Cost => Failures << 20 | (IsSecure ? 0 : 1 << 18) | _rtt;

    public void Answered(TimeSpan rtt, TimeSpan now)
    {
        // RFC 6298's smoothing: an eighth of the new sample.
        Rtt = _rtt == ushort.MaxValue ? rtt : Rtt + (rtt - Rtt) / 8;
        LastSeen = now;
        Failures = 0;
    }

    /// <summary>A time in tenths of a second, as it is kept.</summary>
    public static uint ToTenths(TimeSpan time) => (uint)(time.Ticks / (TimeSpan.TicksPerMillisecond * 100));

    private static TimeSpan FromTenths(uint tenths) => TimeSpan.FromMilliseconds(tenths * 100L);
}
