using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Adversaries;

/// <content>What is done with queries alone.</content>
internal static partial class Attacks
{
    /// <summary>How long a token may hold at most: two terms of a secret.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FloodInterval = TimeSpan.FromSeconds(1);

    /// <summary>Hosts collect tokens around the keys that are looked for, and store with those that they must not use.</summary>
    public static TokenLoot AbuseTokens(Conspiracy conspiracy, List<PeerEndPoint> addresses)
    {
        DhtWorld world = conspiracy.World;
        TokenLoot loot = new();
        List<TokenThief> thieves = [];
        foreach (PeerEndPoint address in addresses)
        {
            thieves.Add(new(NodeId.CreateRandom(world.Random), address, conspiracy, loot));
            conspiracy.Join(thieves[^1]);
        }
        Repeat(world, () =>
        {
            foreach (TokenThief thief in thieves)
            {
                NodeId key = world.Keys[world.Random.Next(world.Keys.Count)];
                if (NearNode(world, key) is not { } near)
                    return;
                thief.AskToken(near, key);
                if (loot.Pieces.Length > 0)
                    Abuse(world, thief, loot.Pieces[world.Random.Next(loot.Pieces.Length)]);
            }
        });
        return loot;
    }

    /// <summary>Hosts ask victims far more than they may.</summary>
    /// <param name="conspiracy">The party.</param>
    /// <param name="victims">Who is asked.</param>
    /// <param name="addresses">Who asks.</param>
    /// <param name="perSecond">Queries of each address to each victim in a second.</param>
    public static List<SybilHost> Flood(Conspiracy conspiracy, IReadOnlyList<KademliaHost> victims, List<PeerEndPoint> addresses, int perSecond)
    {
        DhtWorld world = conspiracy.World;
        List<SybilHost> hosts = [];
        foreach (PeerEndPoint address in addresses)
        {
            hosts.Add(new(NodeId.CreateRandom(world.Random), address, conspiracy));
            conspiracy.Join(hosts[^1]);
        }
        Repeat(world, () =>
        {
            foreach (KademliaHost victim in victims)
                foreach (SybilHost host in hosts)
                    for (int i = 0; i < perSecond; i++)
                        Introduce(host, victim, FloodInterval);
        }, FloodInterval);
        return hosts;
    }

    /// <summary>Where one of those around a key is reached by strangers; null when there is none.</summary>
    private static PeerEndPoint? NearNode(DhtWorld world, in NodeId key)
    {
        List<KademliaHost> near = world.Nodes.Closest(key, IntroductionsAtATime, static host => host.IsReachable);
        return near.Count == 0 ? null : near[world.Random.Next(near.Count)].ReachedAt;
    }

    private static void Abuse(DhtWorld world, TokenThief thief, in TokenLoot.Piece piece)
    {
        PeerEndPoint? other = NearNode(world, piece.Target);
        NodeId key = world.Keys[world.Random.Next(world.Keys.Count)];
        bool isOld = world.Now - piece.Time > TokenLifetime;
        if (isOld)
            piece.Owner.Announce(piece.Giver, piece.Target, piece.Token, TokenAbuseKind.Old);
        if (other is { } stranger && stranger != piece.Giver)
            piece.Owner.Announce(stranger, piece.Target, piece.Token, TokenAbuseKind.Foreign);
        if (thief != piece.Owner)
            thief.Announce(piece.Giver, piece.Target, piece.Token, TokenAbuseKind.Stolen);
        if (key != piece.Target)
            piece.Owner.Announce(piece.Giver, key, piece.Token, TokenAbuseKind.OtherTarget);
        if (!isOld && world.Items.OldVersion(piece.Target) is { } old && HoldsNewer(world, piece.Giver, old))
            piece.Owner.Put(piece.Giver, old, piece.Token, TokenAbuseKind.OldRecord);
    }

    /// <summary>Whoever does not hold the newer version cannot know that this one is old.</summary>
    private static bool HoldsNewer(DhtWorld world, PeerEndPoint node, FoundItem old) =>
        world.Nodes.Closest(old.Target, Neighbours).Find(host => host.ReachedAt == node) is { } holder
        && holder.Node.Items.TryGet(old.Target, holder.Clock.Read(world.Now), out StoredItem stored) && stored.Sequence > old.Sequence;
}
