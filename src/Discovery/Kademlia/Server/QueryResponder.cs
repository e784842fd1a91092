using System.Runtime.CompilerServices;
using Discovery.Cryptography;
using Discovery.Diagnostics;

namespace Discovery.Kademlia;

/// <summary>The server side of the protocol: a query in, at most one reply out, nothing else changed but the stores. No allocation but for what is stored.</summary>
internal sealed partial class QueryResponder(KademliaOptions options, Func<bool, KademliaFamily?> families, Random random) : IDisposable
{
    private const int MaxReplySize = 1024;
    private const int MaxValues = 50;

    /// <summary>What fits into a reply beside the longest transaction id.</summary>
    private const int MaxValuesIPv6 = 40;
    private const int MaxSamples = 20;
    private const int SampleIntervalSeconds = 60;
    private const int MaxNodesSize = RoutingTable.K * CompactNode.SizeIPv6;
    private const int NeighborSize = PeerId.Size + PeerEndPoint.CompactSizeIPv6;

    private readonly TokenJar _tokens = new(random);

    public PeerStore Peers { get; } = new(options.PeerStore);

    public ItemStore Items { get; } = new(options.ItemStore);

    /// <summary>Who answers our own queries; null when nobody does.</summary>
    public INetworkMember? Member { get; set; }

    public void Dispose() => _tokens.Dispose();

    /// <summary>Everything that a reply may point at while it is composed: one per thread, since a process may hold a hundred thousand nodes.</summary>
    private sealed class Scratch
    {
        [ThreadStatic]
        private static Scratch? t_current;

        public readonly byte[] Nodes = new byte[MaxNodesSize], Nodes6 = new byte[MaxNodesSize];
        public readonly byte[] Token = new byte[TokenJar.TokenSize], Ip = new byte[PeerEndPoint.CompactSizeIPv6];
        public readonly byte[] Key = new byte[PeerId.Size], Proof = new byte[Ed25519.SignatureSize];
        public readonly byte[] Coordinate = new byte[KrpcMessage.MaxCoordinateSize];

        /// <summary>The list that the answer is about: values, samples or peers.</summary>
        public readonly byte[] List = new byte[2 + MaxValues * (3 + NeighborSize)];

        public static Scratch Current => t_current ??= new();
    }

    /// <summary>Answers a query.</summary>
    /// <param name="query">A query with a 20-byte id or without.</param>
    /// <param name="source">Who asks.</param>
    /// <param name="now">The time.</param>
    /// <param name="datagram">Where the reply goes.</param>
    /// <param name="isWellFormed">Whether the sender may be taken for a node: its id has the right size.</param>
    /// <returns>The length of the reply.</returns>
    public int Answer(in KrpcMessage query, in PeerEndPoint source, TimeSpan now, Span<byte> datagram, out bool isWellFormed)
    {
        Scratch scratch = Scratch.Current;
        KademliaFamily family = families(source.IsIPv4)!;
        KrpcMessage reply = default;
        reply.Kind = KrpcKind.Reply;
        reply.Transaction = query.Transaction;
        reply.Version = KrpcMessage.OwnVersion;
        reply.Id = family.IdBytes;
        reply.IsReadOnly = family.Reachability.IsHidden;
        source.TryFormatCompact(scratch.Ip, out int ipLength);
        reply.Ip = scratch.Ip.AsSpan(0, ipLength);
        isWellFormed = query.Id.Length == NodeId.Size;
        int error = isWellFormed ? Dispatch(query, source, now, scratch, ref reply, datagram, out int written) : Refuse(out written);
        DiscoveryMetrics.CountQueryReceived(query.Method.Name(), error);
        if (error == 0)
            return written;

        reply.Kind = KrpcKind.Error;
        reply.ErrorCode = error;
        reply.ErrorText = KrpcError.Text(error);
        if (!reply.HasNodes && !reply.HasNodes6)
            reply.Id = default;
        return reply.Write(datagram);
    }

    private static int Refuse(out int written)
    {
        written = 0;
        return KrpcError.Protocol;
    }

    private int Dispatch(in KrpcMessage query, in PeerEndPoint source, TimeSpan now, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        switch (query.Method)
        {
            case KrpcMethod.Ping:
                break;
            case KrpcMethod.FindNode:
                if (!NodeId.TryParse(query.Target, out NodeId target))
                    return KrpcError.Protocol;
                AddNodes(query, target, source.IsIPv4, scratch, ref reply);
                break;
            case KrpcMethod.GetPeers:
                return GetPeers(query, source, now, scratch, ref reply, datagram, out written);
            case KrpcMethod.AnnouncePeer:
                int refused = AnnouncePeer(query, source, now);
                if (refused != 0)
                    return refused;
                break;
            case KrpcMethod.Get:
                return Get(query, source, now, scratch, ref reply, datagram, out written);
            case KrpcMethod.Put:
                refused = Put(query, source, now);
                if (refused != 0)
                    return refused;
                break;
            case KrpcMethod.SampleInfoHashes:
                return Sample(query, source, scratch, ref reply, datagram, out written);
            case KrpcMethod.Identify or KrpcMethod.Neighbors or KrpcMethod.Announce when Member is { } member && IsOf(member, query):
                return AnswerMember(member, query, source, now, scratch, ref reply, datagram, out written);
            default:
                // A method of the future that names a target still gets nodes, so that its walks pass through us.
                if (NodeId.TryParse(query.TargetOrInfoHash, out target))
                    AddNodes(query, target, source.IsIPv4, scratch, ref reply);
                return KrpcError.UnknownMethod;
        }
        written = WriteReply(ref reply, datagram);
        return 0;
    }

    [SkipLocalsInit]
    private int GetPeers(in KrpcMessage query, in PeerEndPoint source, TimeSpan now, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        if (!NodeId.TryParse(query.InfoHash, out NodeId infoHash))
            return KrpcError.Protocol;
        AddNodes(query, infoHash, source.IsIPv4, scratch, ref reply);
        AddToken(infoHash, source, now, scratch, ref reply);
        Span<PeerEndPoint> peers = stackalloc PeerEndPoint[MaxValues];
        int count = Peers.Read(infoHash, source.IsIPv4, !source.IsIPv4, source.IsIPv4 ? MaxValues : MaxValuesIPv6, random, now, peers);
        if (count > 0)
            reply.Values = WriteValues(peers[..count], scratch.List);
        written = WriteReply(ref reply, datagram);
        return 0;
    }

    private static ReadOnlySpan<byte> WriteValues(scoped ReadOnlySpan<PeerEndPoint> peers, byte[] buffer)
    {
        Encoding.BencodeWriter writer = new(buffer);
        writer.BeginList();
        foreach (ref readonly PeerEndPoint peer in peers)
            peer.TryFormatCompact(writer.ReserveString(peer.CompactSize), out _);
        writer.End();
        return buffer.AsSpan(0, writer.Length);
    }

    private int AnnouncePeer(in KrpcMessage query, in PeerEndPoint source, TimeSpan now)
    {
        if (!NodeId.TryParse(query.InfoHash, out NodeId infoHash) || !_tokens.Check(query.Token, source, infoHash, now))
            return KrpcError.Protocol;
        if (!query.IsPortImplied && query.Port is not (> 0 and <= ushort.MaxValue))
            return KrpcError.Protocol;
        PeerEndPoint peer = query.IsPortImplied ? source : source.WithPort((int)query.Port!.Value);
        return Peers.Add(infoHash, peer, source, now) ? 0 : KrpcError.Server;
    }

    [SkipLocalsInit]
    private int Sample(in KrpcMessage query, in PeerEndPoint source, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        if (!NodeId.TryParse(query.Target, out NodeId target))
            return KrpcError.Protocol;
        AddNodes(query, target, source.IsIPv4, scratch, ref reply);
        Span<NodeId> ids = stackalloc NodeId[MaxSamples];
        Span<byte> samples = scratch.List;
        int count = Peers.Sample(ids, random);
        for (int i = 0; i < count; i++)
            ids[i].TryFormat(samples[(i * NodeId.Size)..]);
        reply.Samples = samples[..(count * NodeId.Size)];
        reply.Number = Peers.InfoHashCount;
        reply.Interval = SampleIntervalSeconds;
        written = WriteReply(ref reply, datagram);
        return 0;
    }

    /// <summary>BEP 32: the families that were asked for, or else the one that carried the query.</summary>
    private void AddNodes(in KrpcMessage query, in NodeId target, bool ipv4, Scratch scratch, ref KrpcMessage reply)
    {
        bool any = query.WantsIPv4 || query.WantsIPv6;
        if (any ? query.WantsIPv4 : ipv4)
        {
            reply.Nodes = scratch.Nodes.AsSpan(0, WriteNodes(families(true), target, scratch.Nodes));
            reply.HasNodes = true;
        }
        if (any ? query.WantsIPv6 : !ipv4)
        {
            reply.Nodes6 = scratch.Nodes6.AsSpan(0, WriteNodes(families(false), target, scratch.Nodes6));
            reply.HasNodes6 = true;
        }
    }

    private static int WriteNodes(KademliaFamily? family, in NodeId target, Span<byte> buffer)
    {
        if (family is null)
            return 0;
        Span<ushort> nearest = stackalloc ushort[RoutingTable.K];
        int count = family.Table.Closest(target, nearest), length = 0;
        foreach (ushort index in nearest[..count])
        {
            ref readonly TableEntry entry = ref family.Table[index];
            length += CompactNode.Write(entry.Id, entry.EndPoint, buffer[length..]);
        }
        return length;
    }

    private void AddToken(in NodeId target, in PeerEndPoint source, TimeSpan now, Scratch scratch, ref KrpcMessage reply)
    {
        _tokens.Write(source, target, now, scratch.Token);
        reply.Token = scratch.Token;
    }

    /// <summary>Writes a reply and keeps it within 1024 bytes: <c>nodes6</c> go first, then <c>nodes</c>; values alone always fit.</summary>
    private static int WriteReply(ref KrpcMessage reply, Span<byte> datagram)
    {
        Span<byte> room = datagram.Length > MaxReplySize ? datagram[..MaxReplySize] : datagram;
        int written = reply.Write(room);
        if (written == 0 && reply.HasNodes6)
        {
            reply.HasNodes6 = false;
            written = reply.Write(room);
        }
        if (written == 0 && reply.HasNodes)
        {
            reply.HasNodes = false;
            written = reply.Write(room);
        }
        return written;
    }
}
