using Discovery.Kademlia;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Dht;

/// <summary>A Mainline network of simulated nodes: how they come, go and are found.</summary>
internal sealed class DhtWorld : IDisposable
{
    /// <summary>When the simulation begins: no node was heard of at time zero.</summary>
    public static readonly TimeSpan Epoch = TimeSpan.FromHours(1);

    private const int ContactsOfNewcomers = 3;

    private readonly KademliaOptions _options;

    public DhtWorld(ulong seed, KademliaOptions options, NetworkConditions conditions)
    {
        _options = options;
        Internet = new(seed, Epoch) { Conditions = conditions };
    }

    public VirtualInternet Internet { get; }

    /// <summary>The nodes that are up.</summary>
    public Population Nodes { get; } = new();

    public Random Random => Internet.Random;

    public TimeSpan Now => Internet.Now;

    /// <summary>Puts up so many nodes that have lived for long: their tables hold what nodes hold that have met others again and again.</summary>
    /// <param name="count">How many there are in the end.</param>
    /// <param name="dead">The part of what their tables hold that is gone, without their having noticed: 0 to 1.</param>
    public void Settle(int count, double dead)
    {
        List<KademliaHost> hosts = [];
        for (int i = (int)Math.Round(count / (1 - dead)); i > 0; i--)
            hosts.Add(CreateHost());
        Nodes.AddRange(hosts);
        TableWarmer warmer = new(this);
        foreach (KademliaHost host in hosts)
            warmer.Warm(host);
        foreach (KademliaHost host in hosts)
            Internet.Add(host);
        for (int i = hosts.Count; i > count; i--)
            Stop(RandomNode());
    }

    /// <summary>A node that is up.</summary>
    public KademliaHost RandomNode() => Nodes[Random.Next(Nodes.Count)];

    /// <summary>A new node joins, with the addresses of a few others.</summary>
    public KademliaHost Join()
    {
        KademliaHost host = CreateHost();
        SnapshotNode[] contacts = new SnapshotNode[Math.Min(ContactsOfNewcomers, Nodes.Count)];
        foreach (ref SnapshotNode contact in contacts.AsSpan())
            contact = RandomNode() is var known ? new(known.Id, known.EndPoint) : default;
        host.Node.Remember(contacts, Now);
        Nodes.Add(host);
        Internet.Add(host);
        return host;
    }

    /// <summary>A node vanishes without a farewell.</summary>
    public void Stop(KademliaHost host)
    {
        Nodes.Remove(host, host.Id);
        Internet.Stop(host);
        host.Node.Dispose();
    }

    /// <summary>Starts something that a node wants to know.</summary>
    public T Start<T>(KademliaHost host, T operation) where T : Operation
    {
        host.Node.Start(operation, Now);
        Internet.Flush(host);
        return operation;
    }

    public void Dispose()
    {
        for (int i = 0; i < Nodes.Count; i++)
            Nodes[i].Node.Dispose();
    }

    private KademliaHost CreateHost()
    {
        PeerEndPoint endPoint = FreeEndPoint();
        return new(new KademliaNode(_options, Random, SecureNodeId.Create(endPoint, Random), null, Now) { LocalPort = (ushort)endPoint.Port }, endPoint) { BornAt = Now };
    }

    private PeerEndPoint FreeEndPoint()
    {
        while (true)
        {
            PeerEndPoint endPoint = new((uint)Random.NextInt64(1L << 24, 224L << 24), 6881);
            if (endPoint.IsUnicast && !endPoint.IsPrivate && !Internet.IsTaken(endPoint))
                return endPoint;
        }
    }
}
