namespace Discovery.Limits;

/// <summary>How many datagrams one source may send before it is dropped and then banned for a while.</summary>
/// <remarks>A source is an IPv4 address, an IPv6 /64, or a single end point on loopback.</remarks>
public sealed record FloodLimits
{
    /// <summary>Datagrams per second that one source may send for ever. Larger than 0.</summary>
    /// <value>Default 10. Lower values may drop several peers behind one NAT; deployed nodes ban above 5 per second.</value>
    public double PacketsPerSecond { get; init; } = 10;

    /// <summary>Datagrams that a quiet source may send at once. At least 1. Once they are spent the excess is dropped, and a second such excess is a ban.</summary>
    /// <value>Default 50.</value>
    public int Burst { get; init; } = 50;

    /// <summary>How long a banned source hears nothing from us. Zero drops the excess and never bans.</summary>
    /// <value>Default 5 minutes.</value>
    public TimeSpan BanDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sources remembered at a time; the least recently heard is forgotten first, bans included. At least 1; about 64 bytes each, allocated as needed.</summary>
    /// <value>Default 4096.</value>
    public int MaxSources { get; init; } = 4096;
}
