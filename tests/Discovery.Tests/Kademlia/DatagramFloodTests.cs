using Discovery.Kademlia;
using Discovery.Tests.Kademlia.Server;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia;

/// <summary>Whatever arrives, nothing throws and nothing grows.</summary>
public sealed class DatagramFloodTests
{
    private const int Warmup = 100_000, Count = 1_000_000;

    private readonly byte[] _reply = new byte[1472];

    [Test]
    public void AMillionMutatedDatagramsOfEveryMethodThrowNothingAndKeepNothing()
    {
        Random random = new(20260101);
        KademliaOptions options = new()
        {
            Budget = null,
            Flood = new() { PacketsPerSecond = 1e9, Burst = int.MaxValue, MaxSources = 64 },
            PeerStore = new() { MaxInfoHashes = 40, MaxPeers = 400 },
            ItemStore = new() { MaxItems = 40, MaxBytes = 20_000 },
        };
        using WireNode wire = new(options, new Random(1));
        using StubMember member = new() { Verdict = KrpcError.Protocol };
        member.Record = member.Sign(1, "2:hi");
        wire.Node.Member = member;
        Fill(wire, random);
        byte[][] corpus = Corpus(wire, random);
        byte[] buffer = new byte[2048];

        Flood(wire, corpus, random, buffer, Warmup);
        long before = Rest(wire), allocated = GC.GetAllocatedBytesForCurrentThread();
        int answered = Flood(wire, corpus, random, buffer, Count);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        long grown = Rest(wire) - before;

        TestContext.Out.WriteLine($"{answered} answered, {allocated / Count} B allocated per datagram, {grown} B grown");
        Assert.That(answered, Is.GreaterThan(Count / 10), "mutated, yet often understood");
        // The test host allocates beside us; a leak of one byte per datagram would be four times this.
        Assert.That(grown, Is.LessThan(256 * 1024));
        Assert.That(allocated / Count, Is.LessThan(200), "only what is stored or asked costs memory");
        Assert.That((wire.Node.Items.Count, wire.Node.Peers.Count), Is.LessThanOrEqualTo((40, 400)));
        Assert.That(wire.Send(Query("ping")), Is.EqualTo(wire.Reply()), "it still serves");
    }

    /// <summary>The memory in use once every query has had its time.</summary>
    private static long Rest(WireNode wire)
    {
        for (int i = 0; i < 4; i++)
        {
            wire.TransmitAll();
            wire.Advance(TimeSpan.FromSeconds(30));
        }
        Assert.That(wire.Node.InFlight, Is.Zero);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>A full table, and stores at their bounds.</summary>
    private static void Fill(WireNode wire, Random random)
    {
        for (uint i = 0; i < 3000; i++)
            wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
        Assert.That(wire.Node.Family(true)!.Table.Count, Is.GreaterThan(250));
        for (uint i = 0; i < 500; i++)
        {
            PeerEndPoint peer = new(0x0A02_0000 + i, 1);
            wire.Node.Peers.Add(new NodeId(i % 50, 0, 0), peer, peer, wire.Now);
            byte[] value = Bytes(B($"value {i}"));
            wire.Node.Items.PutImmutable(SignedItem.ComputeImmutableTarget(value), value, peer, wire.Now);
        }
    }

    private static byte[][] Corpus(WireNode wire, Random random)
    {
        using PeerIdentity identity = PeerIdentity.FromSeed(new byte[32]);
        SignedItem item = SignedItem.Create(identity, "salt"u8, 7, "d1:ai1e1:b4:spame"u8);
        string infoHash = Text(new NodeId(7, 0, 0)), immutable = Text(SignedItem.ComputeImmutableTarget("5:hello"u8)), target = Text(item.Target);
        string Token(string of)
        {
            string reply = wire.Send(Query("get", $"6:target20:{of}"));
            return B(reply.Substring(reply.IndexOf("5:token8:", StringComparison.Ordinal) + 9, 8));
        }
        string[] texts =
        [
            Query("ping"), Query("find_node", $"6:target20:{target}4:wantl2:n42:n6e"), Query("get_peers", $"9:info_hash20:{infoHash}"),
            Query("announce_peer", $"12:implied_porti1e9:info_hash20:{infoHash}4:porti6881e5:token{Token(infoHash)}"),
            Query("get", $"3:seqi3e6:target20:{target}"), Query("sample_infohashes", $"6:target20:{target}"),
            Query("put", $"6:target20:{immutable}5:token{Token(immutable)}1:v5:hello"),
            Query("put", $"1:k32:{Text(item.Key.ToArray())}4:salt4:salt3:seqi7e3:sig64:{Text(item.Signature.Span)}6:target20:{target}5:token{Token(target)}1:v{Text(item.Value.Span)}", before: "3:casi7e"),
            Query("dsc_identify", $"7:network20:{infoHash}5:nonce16:0123456789abcdef5:token{Token(infoHash)}"), Query("dsc_neighbors", $"1:ni8e7:network20:{infoHash}5:token{Token(infoHash)}"),
            Query("dsc_announce", $"1:k32:{Text(item.Key.ToArray())}7:network20:{infoHash}3:seqi7e3:sig64:{Text(item.Signature.Span)}5:token{Token(infoHash)}1:v2:de"),
            Query("vote", $"6:target20:{target}"),
            "d1:rd2:id20:aaaaaaaaaaaaaaaaaaaae1:t4:aaaa1:y1:re", "d1:eli201e7:Generice1:t4:aaaa1:y1:ee",
        ];
        byte[] buffer = new byte[2048];
        return [.. texts.Select(Bytes), .. Enumerable.Range(0, 30).Select(_ => buffer[..Messages.KrpcSamples.WriteRandom(random, buffer)])];
    }

    private int Flood(WireNode wire, byte[][] corpus, Random random, byte[] buffer, int count)
    {
        KademliaNode node = wire.Node;
        byte[] query = new byte[1472];
        List<(byte[] Datagram, PeerEndPoint From)> answers = [];
        int answered = 0;
        for (int i = 0; i < count; i++)
        {
            PeerEndPoint source = wire.Source.WithPort(1 + i % 200);
            byte[] datagram = corpus[random.Next(corpus.Length)];
            if (answers.Count > 0 && random.Next(8) == 0)
                (datagram, source) = answers[random.Next(answers.Count)];
            int length = Mutate(datagram, corpus, random, buffer);
            if (node.Receive(buffer.AsSpan(0, length), source, wire.Now, _reply) > 0)
                answered++;
            if (i % 1000 != 0)
                continue;
            // Time passes, walks are begun, and what the node asks is answered with more of the same.
            wire.Now += TimeSpan.FromSeconds(0.5);
            node.HandleTimeout(wire.Now);
            NodeId target = NodeId.CreateRandom(random);
            node.Start(i % 2000 == 0 ? node.GetPeers(target, true, wire.Now) : node.PutItem(FoundItem.Immutable("5:hello"u8.ToArray()), null, true, wire.Now), wire.Now);
            answers.Clear();
            while (node.PollTransmit(query, wire.Now, out PeerEndPoint to) is var sent and > 0)
                answers.Add((Bytes(Answer(Text(query.AsSpan(0, sent)), IdAt(node, to) ?? target, "5:nodes26:abcdefghijklmnopqrstuvwxyz5:token2:xx6:valuesl6:abcdefee")), to));
        }
        return answered;
    }

    private static NodeId? IdAt(KademliaNode node, PeerEndPoint endPoint)
    {
        foreach (ref readonly TableEntry entry in node.Family(true)!.Table.Entries)
            if (entry.EndPoint == endPoint)
                return entry.Id;
        return null;
    }

    private static int Mutate(byte[] datagram, byte[][] corpus, Random random, byte[] buffer)
    {
        datagram.CopyTo(buffer, 0);
        int length = datagram.Length;
        for (int changes = random.Next(4); changes > 0 && length > 0; changes--)
        {
            int at = random.Next(length);
            switch (random.Next(8))
            {
                case 0:
                    buffer[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    buffer[at] = (byte)random.Next(256);
                    break;
                case 2:
                    buffer[at] = "0123456789:dile-"u8[random.Next(16)];
                    break;
                case 3:
                    length = at;
                    break;
                case 4:
                    buffer.AsSpan(at + 1, length - at - 1).CopyTo(buffer.AsSpan(at));
                    length--;
                    break;
                case 5 when length < 1500:
                    buffer.AsSpan(at, length - at).CopyTo(buffer.AsSpan(at + 1));
                    length++;
                    break;
                case 6:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length), taken = Math.Min(other.Length - from, buffer.Length - at);
                    other.AsSpan(from, taken).CopyTo(buffer.AsSpan(at));
                    length = at + taken;
                    break;
                default:
                    random.NextBytes(buffer.AsSpan(at, Math.Min(4, length - at)));
                    break;
            }
        }
        return length;
    }
}
