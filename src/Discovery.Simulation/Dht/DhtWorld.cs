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
    private readonly AddressPlan _addresses;
    private readonly List<(KademliaHost Host, SnapshotNode[] Saved)> _crashed = [];

    public DhtWorld(ulong seed, KademliaOptions options, NetworkConditions conditions, IReadOnlyList<NatShare>? nat = null, CancellationToken cancellationToken = default)
    {
        _options = options;
        Internet = new(seed, Epoch) { Conditions = conditions, CancellationToken = cancellationToken };
        _addresses = new(Internet, nat ?? []);
        Items = new(this);
        Announcements = new(this);
    }

    public VirtualInternet Internet { get; }

    /// <summary>The nodes that are up.</summary>
    public Population Nodes { get; } = new();

    /// <summary>What is looked for.</summary>
    public List<NodeId> Keys { get; } = [];

    /// <summary>Told of what a node let strangers do though it must not.</summary>
    public Action<string>? Breached { get; set; }

    /// <summary>Who looks for it; empty for everybody.</summary>
    public List<KademliaHost> Askers { get; } = [];

    /// <summary>The items among what is looked for.</summary>
    public ItemWorkload Items { get; }

    /// <summary>Who has announced what.</summary>
    public AnnouncementLedger Announcements { get; }

    public Random Random => Internet.Random;

    public TimeSpan Now => Internet.Now;

    /// <summary>On which side of a broken network an address is; null while it is whole.</summary>
    public Func<PeerEndPoint, int>? SideOf
    {
        get;
        set
        {
            field = value;
            SidesChangedAt = Now;
            Internet.Connects = value is null ? null : (from, to) => value(from) == value(to);
        }
    }

    /// <summary>When the network last fell into parts or became whole.</summary>
    public TimeSpan SidesChangedAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>From when on the network may be expected to have recovered from what befell it.</summary>
    public TimeSpan CalmFrom { get; private set; } = TimeSpan.MinValue;

    /// <summary>Something befalls the network that takes so long to recover from.</summary>
    public void Upset(TimeSpan recovery) => CalmFrom = Now + recovery > CalmFrom ? Now + recovery : CalmFrom;

    /// <summary>How the nodes behave.</summary>
    public KademliaOptions Options => _options;

    /// <summary>Told of each host that has joined or come back.</summary>
    public Action<KademliaHost>? Joined { get; set; }

    /// <summary>Told of each host that has gone.</summary>
    public Action<KademliaHost>? Gone { get; set; }

    /// <summary>Told of each host that has taken another id, and of the former one.</summary>
    public Action<KademliaHost, NodeId>? Renamed { get; set; }

    /// <summary>Puts up so many nodes that have lived for long: their tables hold what nodes hold that have met others again and again.</summary>
    /// <param name="count">How many there are in the end.</param>
    /// <param name="dead">The part of what their tables hold that is gone, without their having noticed: 0 to 1.</param>
    /// <returns>Those that were put up, also the dead.</returns>
    public IReadOnlyList<KademliaHost> Settle(int count, double dead)
    {
        List<KademliaHost> hosts = [];
        for (int i = (int)Math.Round(count / (1 - dead)); i > 0; i--)
        {
            Internet.CancellationToken.ThrowIfCancellationRequested();
            hosts.Add(CreateHost());
        }
        Nodes.AddRange(hosts);
        TableWarmer warmer = new(this, _options.Tuning);
        foreach (KademliaHost host in hosts)
        {
            Internet.CancellationToken.ThrowIfCancellationRequested();
            warmer.Warm(host);
        }
        foreach (KademliaHost host in hosts)
            Internet.Add(host);
        for (int i = hosts.Count; i > count; i--)
            Stop(RandomNode());
        return hosts;
    }

    /// <summary>A node that is up. There must be one.</summary>
    public KademliaHost RandomNode() => Nodes[Random.Next(Nodes.Count)];

    /// <summary>A node that is up and has joined, if chance finds one; null when none is up.</summary>
    public KademliaHost? RandomMember()
    {
        if (Nodes.Count == 0)
            return null;
        KademliaHost host = RandomNode();
        for (int tries = 8; tries > 0 && host.Family.Table.Count < RoutingTable.K; tries--)
            host = RandomNode();
        return host;
    }

    /// <summary>A node that may look for something; null when none is up.</summary>
    public KademliaHost? RandomAsker() => Askers.Count > 0 && Askers[Random.Next(Askers.Count)] is { IsUp: true } asker ? asker : RandomMember();

    /// <summary>Whether datagrams pass between two hosts, both ways, as far as the network goes.</summary>
    public bool AreConnected(KademliaHost one, KademliaHost other) => AreConnected(one.OutsideAddress, other.OutsideAddress);

    /// <summary>A part of the nodes that are up, by chance.</summary>
    public KademliaHost[] Choose(double part)
    {
        KademliaHost[] all = [.. Enumerable.Range(0, Nodes.Count).Select(i => Nodes[i])];
        int count = (int)Math.Round(part * all.Length);
        for (int i = 0; i < count; i++)
        {
            int pick = Random.Next(i, all.Length);
            (all[i], all[pick]) = (all[pick], all[i]);
        }
        return all[..count];
    }

    /// <summary>A new node joins, with the addresses of a few others that it can reach.</summary>
    public KademliaHost Join()
    {
        KademliaHost host = CreateHost();
        SnapshotNode[] contacts = new SnapshotNode[Math.Min(ContactsOfNewcomers, Nodes.Count)];
        foreach (ref SnapshotNode contact in contacts.AsSpan())
            contact = RandomContact(host.OutsideAddress) is var known ? new(known.Id, known.ReachedAt) : default;
        Enter(host, contacts);
        return host;
    }

    /// <summary>A node vanishes without a farewell.</summary>
    public void Stop(KademliaHost host)
    {
        Nodes.Remove(host, host.Id);
        Internet.Stop(host);
        host.GoneAt = Now;
        host.Node.Dispose();
        Gone?.Invoke(host);
    }

    /// <summary>A node stops; what it knew is kept for its return.</summary>
    public void Crash(KademliaHost host)
    {
        _crashed.Add((host, host.Call(Now, static (node, _) => node.Snapshot())));
        Stop(host);
    }

    /// <summary>All that have crashed start again with what they had saved.</summary>
    /// <param name="moves">Whether each has another address now.</param>
    public void RestartCrashed(bool moves)
    {
        // Whom all have forgotten, and who has forgotten all, nobody can expect to find.
        if (moves && Nodes.Count == 0)
            Upset(Fault.ForEver);
        foreach ((KademliaHost host, SnapshotNode[] saved) in _crashed)
        {
            HostPlace place = new(host.EndPoint, host.Nat);
            Enter(CreateHost(moves || _addresses.IsTaken(place) ? _addresses.Like(place) : place, host.Id), saved);
        }
        _crashed.Clear();
    }

    /// <summary>A node that was stopped starts again where it was, with what it had saved.</summary>
    public KademliaHost Restart(KademliaHost stopped, SnapshotNode[] saved)
    {
        KademliaHost host = CreateHost(new(stopped.EndPoint, stopped.Nat), stopped.Id);
        Enter(host, saved);
        return host;
    }

    /// <summary>Starts something that a node wants to know.</summary>
    public T Start<T>(KademliaHost host, T operation) where T : Operation
    {
        host.Do(Now, (node, local) => node.Start(operation, local));
        Internet.Flush(host);
        return operation;
    }

    /// <summary>A public address that nobody has.</summary>
    public PeerEndPoint FreeEndPoint() => _addresses.FreeEndPoint();

    public void Dispose()
    {
        for (int i = 0; i < Nodes.Count; i++)
            Nodes[i].Node.Dispose();
    }

    /// <summary>A node begins with the addresses of others.</summary>
    public void Enter(KademliaHost host, SnapshotNode[] contacts)
    {
        host.Do(Now, (node, local) => node.Remember(contacts, local));
        Nodes.Add(host);
        Internet.Add(host);
        Joined?.Invoke(host);
    }

    private bool AreConnected(in PeerEndPoint one, in PeerEndPoint other) => Internet.Passes(one, other) && Internet.Passes(other, one);

    private KademliaHost RandomContact(in PeerEndPoint newcomer)
    {
        KademliaHost host = RandomNode();
        for (int tries = 32; tries > 0 && !(host.IsReachable && AreConnected(newcomer, host.OutsideAddress)); tries--)
            host = RandomNode();
        return host;
    }

    private KademliaHost CreateHost()
    {
        HostPlace place = _addresses.Next();
        return CreateHost(place, SecureNodeId.Create(place.Outside, Random));
    }

    private KademliaHost CreateHost(HostPlace place, in NodeId id) =>
        new(new KademliaNode(_options, Random, id, null, Now), place.EndPoint) { BornAt = Now, KnownSince = Now, Nat = place.Nat, Renamed = Rename };

    private void Rename(KademliaHost host, NodeId former)
    {
        if (Nodes.Remove(host, former))
            Nodes.Add(host);
        host.KnownSince = Now;
        Renamed?.Invoke(host, former);
    }
}
