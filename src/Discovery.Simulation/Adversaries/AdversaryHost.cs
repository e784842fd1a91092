using Discovery.Kademlia;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Adversaries;

/// <summary>A host that lies: it speaks the protocol correctly, and answers what its conspiracy wants.</summary>
internal abstract class AdversaryHost(PeerEndPoint endPoint, Conspiracy conspiracy) : SimulatedHost(endPoint)
{
    private readonly byte[] _id = new byte[NodeId.Size], _ip = new byte[PeerEndPoint.CompactSizeIPv6];

    /// <summary>Those who answered what this host asked.</summary>
    public int Answered { get; private set; }

    public DhtWorld World => Party.World;

    /// <summary>Whom it works for.</summary>
    protected Conspiracy Party => conspiracy;

    public override TimeSpan NextTimeout => TimeSpan.MaxValue;

    public override void HandleTimeout(TimeSpan now) { }

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
    {
        to = default;
        return 0;
    }

    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
    {
        if (!KrpcMessage.TryParse(datagram, out KrpcMessage message))
            return 0;
        if (message.Kind != KrpcKind.Query)
        {
            Answered++;
            OnReply(message, from);
            return 0;
        }
        NodeId? target = NodeId.TryParse(message.TargetOrInfoHash, out NodeId asked) ? asked : null;
        KrpcMessage answer = default;
        answer.Kind = KrpcKind.Reply;
        answer.Transaction = message.Transaction;
        Id(from, target).TryFormat(_id);
        answer.Id = _id;
        from.TryFormatCompact(_ip, out int length);
        answer.Ip = _ip.AsSpan(0, length);
        return target is null || Party.TryAnswer(message, asked, from, ref answer) ? answer.Write(reply) : 0;
    }

    /// <summary>Asks a node for its neighbours, which makes it look whether this host is worth knowing.</summary>
    public void Introduce(in PeerEndPoint to, in NodeId itsId)
    {
        Id(to, null).TryFormat(_id);
        KrpcMessage query = default;
        query.Kind = KrpcKind.Query;
        query.Method = KrpcMethod.FindNode;
        query.Transaction = "hi"u8;
        query.Id = _id;
        query.Target = itsId.ToArray();
        Ask(query, to);
    }

    /// <summary>Asks something.</summary>
    protected void Ask(in KrpcMessage query, in PeerEndPoint to)
    {
        Span<byte> datagram = stackalloc byte[1472];
        World.Internet.Send(this, datagram[..query.Write(datagram)], to);
    }

    /// <summary>The id that is shown to somebody who asks for a target, or for none.</summary>
    protected abstract NodeId Id(in PeerEndPoint to, NodeId? target);

    /// <summary>Takes an answer to what this host asked.</summary>
    protected virtual void OnReply(in KrpcMessage reply, in PeerEndPoint from) { }
}
