using Discovery.Kademlia;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Invariants;

namespace Discovery.Simulation.Dht;

/// <summary>A host that runs the library's own DHT node.</summary>
internal class KademliaHost(KademliaNode node, PeerEndPoint endPoint) : SimulatedHost(endPoint)
{
    public KademliaNode Node => node;

    /// <summary>When it came.</summary>
    public TimeSpan BornAt { get; init; }

    /// <summary>Since when it has had its id.</summary>
    public TimeSpan KnownSince { get; set; }

    /// <summary>When it went.</summary>
    public TimeSpan GoneAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>Looks at what it asks; null for most.</summary>
    public RateAudit? Rate { get; set; }

    /// <summary>What it takes for the time.</summary>
    public HostClock Clock = new();

    public KademliaFamily Family => node.Family(true)!;

    public NodeId Id => Family.Id;

    /// <summary>Called with the former id when the node has taken another one.</summary>
    public Action<KademliaHost, NodeId>? Renamed { get; init; }

    public override long Prefetch(int level) => level == 0 ? GoneAt.Ticks + (Nat is null ? 0 : 1) : node.Prefetch(level - 1);

    public override TimeSpan NextTimeout
    {
        get
        {
            try
            {
                return Clock.TrueTime(node.NextTimeout);
            }
            catch (Exception exception) when (HostDefectException.IsOf(exception))
            {
                throw HostDefectException.Thrown(this, exception);
            }
        }
    }

    /// <summary>Lets the node do something, at the time that its clock shows. What it throws is a defect of its own.</summary>
    public T Call<T>(TimeSpan now, Func<KademliaNode, TimeSpan, T> call)
    {
        try
        {
            return call(node, Clock.Read(now));
        }
        catch (Exception exception) when (HostDefectException.IsOf(exception))
        {
            throw HostDefectException.Thrown(this, exception);
        }
    }

    /// <inheritdoc cref="Call"/>
    public void Do(TimeSpan now, Action<KademliaNode, TimeSpan> call) => Call(now, (node, local) =>
    {
        call(node, local);
        return node;
    });

    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
    {
        NodeId former = Id;
        int length;
        try
        {
            length = node.Receive(datagram, from, Clock.Read(now), reply);
        }
        catch (Exception exception) when (HostDefectException.IsOf(exception))
        {
            throw HostDefectException.Thrown(this, exception);
        }
        if (Id != former)
            Renamed?.Invoke(this, former);
        return length;
    }

    public override void HandleTimeout(TimeSpan now)
    {
        try
        {
            node.HandleTimeout(Clock.Read(now));
        }
        catch (Exception exception) when (HostDefectException.IsOf(exception))
        {
            throw HostDefectException.Thrown(this, exception);
        }
    }

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
    {
        TimeSpan local = Clock.Read(now);
        int length;
        try
        {
            length = node.PollTransmit(datagram, local, out to);
        }
        catch (Exception exception) when (HostDefectException.IsOf(exception))
        {
            throw HostDefectException.Thrown(this, exception);
        }
        if (length > 0)
            Rate?.Sent(to, local);
        return length;
    }
}
