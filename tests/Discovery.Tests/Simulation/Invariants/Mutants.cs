using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Invariants;

/// <summary>Takes all sound nodes for such as break one rule each, at the same addresses and with the same ids.</summary>
internal static class Mutants
{
    private delegate KademliaHost Maker(KademliaNode node, PeerEndPoint endPoint);

    /// <summary>They hear one datagram in five.</summary>
    public static Sabotage Deaf { get; } = Wrap("deaf", static (node, endPoint) => new DeafHost(node, endPoint));

    /// <summary>They never look at the clock: what is lost they wait for.</summary>
    public static Sabotage Timeless { get; } = Wrap("timeless", static (node, endPoint) => new TimelessHost(node, endPoint));

    /// <summary>They want to be called at once, again and again.</summary>
    public static Sabotage Restless { get; } = Wrap("restless", static (node, endPoint) => new RestlessHost(node, endPoint));

    /// <summary>They take whoever is named into their tables, unseen.</summary>
    public static Sabotage Credulous { get; } = Wrap("credulous", static (node, endPoint) => new CredulousHost(node, endPoint));

    /// <summary>They take themselves for others.</summary>
    public static Sabotage Narcissist { get; } = new("narcissist", static world =>
    {
        foreach (KademliaHost host in world.Choose(1))
            host.Family.Table.Answered(NodeId.CreateRandom(world.Random), host.EndPoint, TimeSpan.FromMilliseconds(1), world.Now);
    });

    /// <summary>They take any number of nodes of one subnet.</summary>
    public static Sabotage Parochial { get; } = new("parochial", static world => Rebuild(world, static options => options with { Tuning = options.Tuning with { LimitsSubnets = false } }));

    /// <summary>They keep more than they may.</summary>
    public static Sabotage Hoarder { get; } = new("hoarder", static world =>
    {
        foreach (KademliaHost host in world.Choose(1))
            host.Family.Remembered.AddRange(new SnapshotNode[129]);
    });

    /// <summary>They give out the first version of an item that they were ever asked for, with its signature, whatever they hold.</summary>
    public static Sabotage Nostalgic { get; } = Wrap("nostalgic", static (node, endPoint) => new NostalgicHost(node, endPoint));

    /// <summary>They drop the newer version that they hold for an older one.</summary>
    public static Sabotage Forgetful { get; } = Wrap("forgetful", static (node, endPoint) => new ForgetfulHost(node, endPoint));

    /// <summary>They take any token.</summary>
    public static Sabotage Trusting { get; } = Wrap("trusting", static (node, endPoint) => new TrustingHost(node, endPoint));

    /// <summary>They answer with more than fits into a frame.</summary>
    public static Sabotage Verbose { get; } = Wrap("verbose", static (node, endPoint) => new VerboseHost(node, endPoint));

    /// <summary>They know no budget, and ask a lot.</summary>
    public static Sabotage Pushy { get; } = new("pushy", static world =>
    {
        Rebuild(world, static options => options with { Budget = null });
        world.Internet.At(world.Now + TimeSpan.FromSeconds(1), () =>
        {
            foreach (KademliaHost host in world.Choose(1))
                for (int i = 0; i < 4; i++)
                    world.Start(host, host.Node.FindNode(NodeId.CreateRandom(world.Random), true, world.Now));
        });
    });

    /// <summary>One of them throws.</summary>
    public static Sabotage Thrower { get; } = new("thrower", static world => world.RandomNode().Do(world.Now, static (_, _) => throw new InvalidTimeZoneException("sabotage")));

    /// <summary>Lets the same nodes run behind other hosts.</summary>
    private static Sabotage Wrap(string name, Maker make) => new(name, world =>
    {
        foreach (KademliaHost sound in world.Choose(1))
        {
            world.Nodes.Remove(sound, sound.Id);
            world.Internet.Stop(sound);
            sound.GoneAt = world.Now;
            world.Gone?.Invoke(sound);
            world.Enter(make(sound.Node, sound.EndPoint), []);
        }
    });

    /// <summary>Starts all nodes again with other options.</summary>
    private static void Rebuild(DhtWorld world, Func<KademliaOptions, KademliaOptions> change)
    {
        foreach (KademliaHost sound in world.Choose(1))
        {
            SnapshotNode[] saved = sound.Node.Snapshot();
            world.Stop(sound);
            KademliaNode node = new(change(world.Options), world.Random, sound.Id, null, world.Now);
            world.Enter(new(node, sound.EndPoint) { BornAt = world.Now }, saved);
        }
    }

    private sealed class DeafHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        private int _heard;

        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply) =>
            ++_heard % 5 == 0 ? base.Receive(datagram, from, now, reply) : 0;
    }

    private sealed class TimelessHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        public override TimeSpan NextTimeout => TimeSpan.MaxValue;
    }

    private sealed class RestlessHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        public override TimeSpan NextTimeout => TimeSpan.Zero;
    }

    private sealed class CredulousHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
        {
            if (KrpcMessage.TryParse(datagram, out KrpcMessage message) && message.Kind == KrpcKind.Reply)
                foreach (CompactNode named in message.NodesOf(true))
                    if (named.EndPoint != EndPoint)
                        Family.Table.Answered(named.Id, named.EndPoint, TimeSpan.FromMilliseconds(50), now);
            return base.Receive(datagram, from, now, reply);
        }
    }

    private sealed class VerboseHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply) =>
            base.Receive(datagram, from, now, reply) > 0 ? reply.Length : 0;
    }

    private sealed class TrustingHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
        {
            int length = base.Receive(datagram, from, now, reply);
            if (length == 0 || !KrpcMessage.TryParse(datagram, out KrpcMessage query) || query.Method is not (KrpcMethod.Put or KrpcMethod.AnnouncePeer))
                return length;
            KrpcMessage stored = default;
            stored.Kind = KrpcKind.Reply;
            stored.Transaction = query.Transaction;
            stored.Id = Family.IdBytes;
            return stored.Write(reply);
        }
    }

    private sealed class NostalgicHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        private readonly Dictionary<NodeId, StoredItem> _first = [];

        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
        {
            int length = base.Receive(datagram, from, now, reply);
            if (length == 0 || !KrpcMessage.TryParse(datagram, out KrpcMessage query) || query.Method != KrpcMethod.Get
                || !NodeId.TryParse(query.Target, out NodeId target) || !Node.Items.TryGet(target, now, out StoredItem held))
                return length;
            _first.TryAdd(target, held);
            if (!KrpcMessage.TryParse(reply[..length].ToArray(), out KrpcMessage answer) || _first[target] is not { IsMutable: true } first || answer.Value.IsEmpty)
                return length;
            answer.Value = first.Value;
            answer.Sequence = first.Sequence;
            answer.Signature = first.Signature;
            return answer.Write(reply);
        }
    }

    private sealed class ForgetfulHost(KademliaNode node, PeerEndPoint endPoint) : KademliaHost(node, endPoint)
    {
        private readonly Dictionary<NodeId, StoredItem> _first = [];

        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
        {
            if (KrpcMessage.TryParse(datagram, out KrpcMessage query) && query.Method == KrpcMethod.Get && NodeId.TryParse(query.Target, out NodeId target) && Node.Items.TryGet(target, now, out StoredItem held)
                && !_first.TryAdd(target, held) && _first[target] is { IsMutable: true } first && first.Sequence < held.Sequence)
            {
                Node.Items.Expire(TimeSpan.MaxValue);
                Node.Items.PutMutable(target, first.Key, first.Salt, first.Sequence, first.Value, first.Signature, null, EndPoint, now);
            }
            return base.Receive(datagram, from, now, reply);
        }
    }
}
