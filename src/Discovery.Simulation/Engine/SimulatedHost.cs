namespace Discovery.Simulation.Engine;

/// <summary>A host of the virtual Internet: a sans-I/O protocol and the place where it is reached.</summary>
internal abstract class SimulatedHost(PeerEndPoint endPoint)
{
    /// <summary>Where it is: its own address, which behind a NAT means nothing to others.</summary>
    public PeerEndPoint EndPoint { get; internal set; } = endPoint;

    /// <summary>What stands between it and the Internet; null for nothing.</summary>
    public NatDevice? Nat { get; init; }

    /// <summary>The address that others see.</summary>
    public PeerEndPoint OutsideAddress => Nat is null ? EndPoint.AddressKey : Nat.Address;

    /// <summary>Where strangers reach it, if they do.</summary>
    public PeerEndPoint ReachedAt => Nat is null ? EndPoint : Nat.OutsideOf(EndPoint);

    /// <summary>Whether strangers reach it.</summary>
    public bool IsReachable => Nat is null || Nat.LetsStrangersIn;

    /// <summary>The number under which the Internet knows it.</summary>
    public int Index { get; internal set; } = -1;

    /// <summary>Whether it takes part; a host that is down neither sends nor receives, and its clock stands.</summary>
    public bool IsUp { get; internal set; } = true;

    /// <summary>How late its datagrams leave.</summary>
    public TimeSpan SendDelay { get; internal set; }

    /// <summary>Datagrams sent so far.</summary>
    public int Sent { get; internal set; }

    /// <summary>Until when its line is busy with what it sends and with what it receives, in ticks.</summary>
    internal long UplinkBusyUntil, DownlinkBusyUntil;

    /// <summary>How many steps lie between a host and the last of what it needs for an event.</summary>
    public const int Levels = 5;

    /// <summary>Reads what lies so many steps away and will be needed soon; the result means nothing.</summary>
    public virtual long Prefetch(int level) => 0;

    /// <summary>When the protocol wants to be called.</summary>
    public abstract TimeSpan NextTimeout { get; }

    /// <summary>Takes a datagram, and writes the answer to its sender.</summary>
    /// <returns>The answer's length; 0 for none.</returns>
    public abstract int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply);

    /// <summary>Does what is due.</summary>
    public abstract void HandleTimeout(TimeSpan now);

    /// <summary>The next datagram to send.</summary>
    /// <returns>Its length; 0 for none.</returns>
    public abstract int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to);
}
