using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Adversaries;

/// <summary>Hosts of one party, which know all of the network and hide some keys of it.</summary>
internal sealed class Conspiracy(DhtWorld world, Lies lies)
{
    /// <summary>Questions for what shares so many bits with a hidden key are about it: whoever asks beside it shall not learn more.</summary>
    private const int NearBits = 8;

    /// <summary>No reply of an honest node names more.</summary>
    private const int Named = RoutingTable.K;

    private readonly List<NodeId> _hidden = [];
    private readonly Dictionary<NodeId, FoundItem> _old = [];
    private readonly Dictionary<PeerEndPoint, NodeId> _victims = [];
    private readonly HashSet<PeerEndPoint> _own = [];
    private readonly NodeList _friends = new();
    private readonly List<MaskHost> _masks = [];
    private readonly byte[] _nodes = new byte[Named * CompactNode.SizeIPv4];

    public DhtWorld World => world;

    /// <summary>A party that hides all that is looked for.</summary>
    public static Conspiracy AgainstAll(DhtWorld world, Lies lies)
    {
        Conspiracy party = new(world, lies);
        foreach (NodeId key in world.Keys)
            party.Hide(key, world.Items.OldVersion(key));
        return party;
    }

    /// <summary>Questions that were answered with a lie.</summary>
    public int Lied { get; private set; }

    /// <summary>Whether its members have ports that show whatever id is wanted.</summary>
    public bool HasMasks => lies.HasFlag(Lies.NameMasks);

    /// <summary>Hides what is stored under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="old">What was stored there earlier; given out by those who replay.</param>
    public void Hide(in NodeId key, FoundItem? old = null)
    {
        int place = _hidden.BinarySearch(key);
        if (place < 0)
            _hidden.Insert(~place, key);
        if (old is not null)
            _old[key] = old;
    }

    /// <summary>Takes a victim: who asks from where it is reached is lied to whatever he asks. Behind a symmetric NAT, where each sees another port, that is the whole address.</summary>
    public void Eclipse(KademliaHost victim)
    {
        if (victim.Nat is { Kind: NatKind.Symmetric } || victim.ReachedAt.Port != 0)
            _victims[victim.ReachedAt] = victim.Id;
    }

    /// <summary>The id of the victim that is there.</summary>
    public NodeId? VictimAt(in PeerEndPoint endPoint) => _victims.TryGetValue(endPoint, out NodeId id) || _victims.TryGetValue(endPoint.AddressKey, out id) ? id : null;

    /// <summary>Takes a node that other nodes may be told of.</summary>
    public void Add(SybilHost host)
    {
        _friends.Insert(new TableEntry(host.NodeId, host.EndPoint));
        Join(host);
    }

    /// <summary>Takes a node that shows whatever id is wanted.</summary>
    public void Add(MaskHost host)
    {
        _masks.Add(host);
        Join(host);
    }

    /// <summary>Takes a host that nobody is told of.</summary>
    public void Join(AdversaryHost host)
    {
        // From now on lookups may end with liars: nobody can say with whom they should.
        world.Upset(Fault.ForEver);
        world.Internet.CancellationToken.ThrowIfCancellationRequested();
        _own.Add(host.EndPoint);
        world.Internet.Add(host);
    }

    /// <summary>Composes what a member says about a target.</summary>
    /// <returns>False for silence.</returns>
    public bool TryAnswer(in KrpcMessage query, in NodeId target, in PeerEndPoint from, ref KrpcMessage answer)
    {
        bool lying = VictimAt(from) is not null || IsHidden(target);
        if (lying)
            Lied++;
        if (lying && lies.HasFlag(Lies.Drop))
            return false;
        if (query.Method is not (KrpcMethod.Put or KrpcMethod.AnnouncePeer))
        {
            answer.HasNodes = true;
            answer.Nodes = _nodes.AsSpan(0, lying ? NameLiars(target) : NameHonest(target));
            answer.Token = "trust me"u8;
        }
        if (lying && query.Method == KrpcMethod.Get && lies.HasFlag(Lies.Replay) && _old.TryGetValue(target, out FoundItem? old))
        {
            answer.Value = old.Value.Span;
            answer.SetSigned(old.Signed!);
        }
        return true;
    }

    /// <summary>Whether a host of the party is there.</summary>
    public bool Owns(in PeerEndPoint endPoint) => _own.Contains(endPoint);

    private bool IsHidden(in NodeId target)
    {
        int place = _hidden.BinarySearch(target);
        if (place >= 0)
            return true;
        // In id order the one that shares most lies right before or after.
        place = ~place;
        return place < _hidden.Count && NodeId.CommonPrefixLength(target, _hidden[place]) >= NearBits
            || place > 0 && NodeId.CommonPrefixLength(target, _hidden[place - 1]) >= NearBits;
    }

    private int NameLiars(in NodeId target)
    {
        int length = 0;
        if (HasMasks && _masks.Count > 0)
            for (int i = 0; i < Named; i++)
            {
                MaskHost mask = _masks[world.Random.Next(_masks.Count)];
                length += CompactNode.Write(mask.MadeFor(target), mask.EndPoint, _nodes.AsSpan(length));
            }
        else if (lies.HasFlag(Lies.NameGhosts))
            for (int i = 0; i < Named; i++)
                length += CompactNode.Write(target.RandomAtPrefix(32 + i, world.Random), world.FreeEndPoint(), _nodes.AsSpan(length));
        else if (lies.HasFlag(Lies.NameFriends))
        {
            Span<ushort> nearest = stackalloc ushort[Named];
            foreach (ushort index in nearest[.._friends.Closest(target, nearest)])
                length += CompactNode.Write(_friends[index].Id, _friends[index].EndPoint, _nodes.AsSpan(length));
        }
        else
            length = NameHonest(target);
        return length;
    }

    private int NameHonest(in NodeId target)
    {
        int length = 0;
        foreach (KademliaHost host in world.Nodes.Closest(target, Named, static host => host.IsReachable))
            length += CompactNode.Write(host.Id, host.ReachedAt, _nodes.AsSpan(length));
        return length;
    }
}
