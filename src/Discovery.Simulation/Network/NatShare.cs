namespace Discovery.Simulation;

/// <summary>The part of all hosts that sits behind NATs of one kind. A NAT forgets what it has let out when nothing goes out any more (what comes in does not count), and does not
/// turn round what is meant for itself (no hairpinning).</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Part">The part of all hosts, 0 to 1.</param>
/// <param name="HostsBehindOne">How many hosts share one NAT and its address: 1 to 250. A firewall has one always.</param>
public sealed record NatShare(NatKind Kind, double Part, int HostsBehindOne = 1)
{
    /// <summary>The kind.</summary>
    public NatKind Kind { get; } = Check.Known(Kind);

    /// <summary>The part of all hosts, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    /// <summary>How many hosts share one NAT and its address: 1 to 250.</summary>
    public int HostsBehindOne { get; } = Check.Within(HostsBehindOne, 1, NatDevice.MaxHosts);

    /// <summary>After how long without a datagram to the outside a NAT forgets.</summary>
    /// <value>1 ms to 365 days. Default 2 min, the least that RFC 4787 allows (REQ-5); many home routers take 30 s to 3 min.</value>
    public TimeSpan MappingTimeout { get; init => field = Check.Within(value, TimeSpan.FromMilliseconds(1), ScenarioRanges.Longest, nameof(MappingTimeout)); } = TimeSpan.FromMinutes(2);

    internal string ToCode() =>
        $"new {nameof(NatShare)}({nameof(NatKind)}.{Kind}, {Code.Of(Part)}, {Code.Of((ulong)HostsBehindOne)}) {{ {nameof(MappingTimeout)} = {Code.Of(MappingTimeout)} }}";
}
