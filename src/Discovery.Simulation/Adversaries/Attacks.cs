using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Adversaries;

/// <summary>Attacks on a network that is settled.</summary>
internal static partial class Attacks
{
    /// <summary>Nodes around a key that are told of those who crowd there.</summary>
    private const int Neighbours = 64;
    private const int IntroductionsAtATime = 8;
    private static readonly TimeSpan IntroductionInterval = TimeSpan.FromSeconds(10);

    /// <summary>Buckets that are poisoned: those that hold anybody in networks of up to a million.</summary>
    private const int PoisonedBuckets = 24;

    private const ushort FirstPort = 10_000;

    /// <summary>Nodes that have taken part for long turn out to be one party.</summary>
    /// <param name="conspiracy">The party.</param>
    /// <param name="part">Its part of the network, 0 to 1.</param>
    public static void Spread(Conspiracy conspiracy, double part)
    {
        DhtWorld world = conspiracy.World;
        foreach (KademliaHost host in world.Choose(part))
        {
            // Whoever lies wants to be reached.
            if (host.Nat is not null)
                continue;
            (NodeId id, PeerEndPoint endPoint) = (host.Id, host.EndPoint);
            world.Stop(host);
            conspiracy.Add(new SybilHost(id, endPoint, conspiracy));
            if (conspiracy.HasMasks)
                conspiracy.Add(new MaskHost(endPoint.WithPort(FirstPort), conspiracy));
        }
    }

    /// <summary>New nodes crowd round a key, and make themselves known to those who are there.</summary>
    /// <param name="conspiracy">Their party.</param>
    /// <param name="key">The key, which it hides.</param>
    /// <param name="addresses">Where they are.</param>
    /// <param name="secure">Whether they bear ids that BEP 42 allows them; else they are as near as they want.</param>
    public static void Pack(Conspiracy conspiracy, NodeId key, List<PeerEndPoint> addresses, bool secure)
    {
        DhtWorld world = conspiracy.World;
        List<SybilHost> hosts = [];
        foreach (PeerEndPoint address in addresses)
        {
            NodeId id = secure ? AddressBudget.NearestSecureId(address, key, world.Random) : key.RandomAtPrefix(24 + world.Random.Next(32), world.Random);
            hosts.Add(new(id, address, conspiracy));
            conspiracy.Add(hosts[^1]);
        }
        Repeat(world, () =>
        {
            List<KademliaHost> neighbours = world.Nodes.Closest(key, Neighbours);
            if (neighbours.Count == 0)
                return;
            foreach (SybilHost host in hosts)
                for (int i = 0; i < IntroductionsAtATime; i++)
                    Introduce(host, neighbours[world.Random.Next(neighbours.Count)]);
        });
    }

    /// <summary>A few addresses fill the tables of victims: each port shows ids made for their buckets, and names other ports.</summary>
    /// <param name="conspiracy">The party.</param>
    /// <param name="victims">Whose tables; the list may change.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="ports">The ports of each that try to enter tables.</param>
    public static void Poison(Conspiracy conspiracy, IReadOnlyList<KademliaHost> victims, List<PeerEndPoint> addresses, int ports)
    {
        DhtWorld world = conspiracy.World;
        List<PoisonerHost> hosts = [];
        for (int i = 0; i < ports; i++)
            foreach (PeerEndPoint address in addresses)
            {
                hosts.Add(new(address.WithPort(FirstPort + i), i % PoisonedBuckets, conspiracy));
                conspiracy.Join(hosts[^1]);
                conspiracy.Add(new MaskHost(address.WithPort(2 * FirstPort + i), conspiracy));
            }
        Repeat(world, () =>
        {
            foreach (KademliaHost victim in victims)
            {
                conspiracy.Eclipse(victim);
                foreach (PoisonerHost host in hosts)
                    Introduce(host, victim);
            }
        });
    }

    private static void Introduce(AdversaryHost host, KademliaHost victim, TimeSpan? within = null)
    {
        DhtWorld world = host.World;
        // An attack may consist of millions of these in one moment.
        world.Internet.CancellationToken.ThrowIfCancellationRequested();
        (PeerEndPoint endPoint, NodeId id) = (victim.ReachedAt, victim.Id);
        TimeSpan wait = (within ?? IntroductionInterval) * world.Random.NextDouble();
        // Behind its NAT it may have no port that others know.
        if (endPoint.Port != 0)
            world.Internet.At(world.Now + wait, () => host.Introduce(endPoint, id));
    }

    private static void Repeat(DhtWorld world, Action action, TimeSpan? interval = null)
    {
        action();
        world.Internet.At(world.Now + (interval ?? IntroductionInterval), () => Repeat(world, action, interval));
    }
}
