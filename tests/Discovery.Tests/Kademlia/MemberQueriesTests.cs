using Discovery.Kademlia;
using Discovery.Tests.Kademlia.Server;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia;

/// <summary>Our own queries as they are asked, against a node that answers them.</summary>
public sealed class MemberQueriesTests
{
    private WireNode _wire = null!, _asker = null!;
    private StubMember _member = null!;

    private string Network => Text(_member.Network);

    [SetUp]
    public void Open()
    {
        (_wire, _asker, _member) = (new(), new(id: NodeId.CreateRandom(new Random(1))), new());
        _wire.Node.Member = _member;
    }

    [TearDown]
    public void Close()
    {
        _wire.Dispose();
        _asker.Dispose();
        _member.Dispose();
    }

    [Test]
    public void The_proof_comes_with_the_coordinate_of_whoever_gives_it()
    {
        _member.Record = _member.Sign(5, "2:hi");
        _member.Coordinate = Bytes("somewhere");
        IdentifyQuery query = Identify();
        Assert.That(Run(query), Is.EqualTo(2));
        Assert.That((query.Succeeded, query.IsForged, Text(query.Coordinate.Span)), Is.EqualTo((true, false, "somewhere")));
        Assert.That(query.Record!.Value.ToArray(), Is.EqualTo("2:hi"u8.ToArray()));
        _member.Coordinate = [];
        query = Identify();
        Assert.That(Run(query), Is.EqualTo(1), "the token is still known");
        Assert.That((query.Succeeded, query.Coordinate.Length), Is.EqualTo((true, 0)), "an old peer says nothing of where it is");
    }

    [Test]
    public void Neighbors_are_asked_for_byte_for_byte()
    {
        NeighborsQuery query = new(_wire.Source, _member.Network, 7, "storage", Bytes("here"));
        _asker.Node.Start(query, _asker.Now);
        string first = _asker.Transmit(out PeerEndPoint to), id = Text(_asker.Node.Family(true)!.IdBytes);
        Assert.That(to, Is.EqualTo(_wire.Source));
        Assert.That(first, Is.EqualTo($"d1:ad2:id20:{id}7:network{B(Network)}5:nonce16:{new string('\0', 16)}e1:q12:dsc_identify1:t4:{Transaction(first)}1:v4:DC\0\u00011:y1:qe"));
        _asker.Send(Answer(first, Id4, "5:token3:abc"), _wire.Source);
        string second = _asker.Transmit(out _);
        Assert.That(second, Is.EqualTo($"d1:ad10:capability7:storage2:id20:{id}1:ni7e7:network{B(Network)}5:token3:abc2:vc4:heree1:q13:dsc_neighbors1:t4:{Transaction(second)}1:v4:DC\0\u00011:y1:qe"));
        _asker.Send(Answer(second, Id4, "5:peersle2:vc5:there"), _wire.Source);
        Assert.That((query.Succeeded, query.Neighbors.Count, Text(query.Coordinate.Span)), Is.EqualTo((true, 0, "there")));
        Assert.That(query.Rtt, Is.Not.Null);
    }

    [Test]
    public void Neighbors_come_in_the_order_in_which_they_were_named()
    {
        _member.Known.AddRange(Enumerable.Range(1, 30).Select(static number => (Peer(number), new PeerEndPoint(0x0A000000u + (uint)number, 9))));
        NeighborsQuery query = new(_wire.Source, _member.Network);
        Assert.That(Run(query), Is.EqualTo(2));
        Assert.That(query.Neighbors, Is.EqualTo(_member.Known.Take(20)));
        query = new(_wire.Source, _member.Network, 3);
        Assert.That(Run(query), Is.EqualTo(1));
        Assert.That(query.Neighbors, Is.EqualTo(_member.Known.Take(3)));
    }

    [Test]
    public void What_is_no_neighbor_is_passed_over()
    {
        string key = new('k', 32), good = key + Compact(PeerEndPoint.Parse("10.0.0.9:9")), good6 = key + Compact(PeerEndPoint.Parse("[fd00::9]:9"));
        string[] bad =
        [
            B(""), B(key), B(good[1..]), B(good + "x"), B(good6 + "x"), "i5e", "le", "d1:ai1ee",
            .. new[] { "0.0.0.0:9", "224.0.0.1:9", "255.255.255.255:9", "127.0.0.1:9", "[::1]:9", "[ff02::1]:9" }.Select(text => B(key + Compact(PeerEndPoint.Parse(text)))),
            B(key + Compact(PeerEndPoint.Parse("10.0.0.9:9").WithPort(0))), B(key + Compact(_wire.Source)),
        ];
        Assert.That(Ask($"5:peersl{string.Concat(bad)}{B(good)}{B(good)}{B(good6)}e").Neighbors.Select(static peer => peer.EndPoint.ToString()), Is.EqualTo(new[] { "10.0.0.9:9", "[fd00::9]:9" }));
        string many = string.Concat(Enumerable.Range(1, 25).Select(number => B(key + Compact(new PeerEndPoint(0x0A000000u + (uint)number, 9)))));
        Assert.That(Ask($"5:peersl{many}e").Neighbors, Has.Count.EqualTo(20), "no more than were asked for");
    }

    [TestCase("")]
    [TestCase("5:peers3:abc")]
    [TestCase("5:peersd1:ai1ee")]
    public void An_answer_without_a_list_is_none(string answer)
    {
        NeighborsQuery query = Ask(answer);
        Assert.That((query.IsFinished, query.Succeeded, query.Neighbors.Count), Is.EqualTo((true, false, 0)));
    }

    [TestCase("")]
    [TestCase("5:token0:")]
    [TestCase("5:tokeni5e")]
    public void Without_a_token_nothing_is_asked(string answer)
    {
        NeighborsQuery query = new(_wire.Source, _member.Network);
        _asker.Node.Start(query, _asker.Now);
        _asker.Send(Answer(_asker.Transmit(out _), Id4, answer), _wire.Source);
        Assert.That((query.IsFinished, query.Succeeded, _asker.Transmit(out _)), Is.EqualTo((true, false, "")));
    }

    [Test]
    public void A_peer_introduces_itself()
    {
        SignedItem record = _member.Sign(5, "2:hi");
        AnnounceQuery query = new(_wire.Source, _member.Network, record);
        Assert.That(Run(query), Is.EqualTo(2));
        Assert.That((query.Succeeded, query.ErrorCode), Is.EqualTo((true, 0)));
        Assert.That(_member.Accepted.Single().Signature.ToArray(), Is.EqualTo(record.Signature.ToArray()));
        _member.Verdict = KrpcError.OldSequence;
        query = new(_wire.Source, _member.Network, record);
        Assert.That(Run(query), Is.EqualTo(1));
        Assert.That((query.Succeeded, query.ErrorCode), Is.EqualTo((false, KrpcError.OldSequence)));
    }

    [Test]
    public void A_token_that_is_over_is_asked_for_anew()
    {
        _member.Record = _member.Sign(5, "2:hi");
        Run(Identify());
        // Another node lives there now: it never gave that token.
        _wire.Dispose();
        _wire = new() { Now = _wire.Now };
        _wire.Node.Member = _member;
        NeighborsQuery neighbors = new(_wire.Source, _member.Network);
        Assert.That((Run(neighbors), neighbors.Succeeded), Is.EqualTo((3, true)));
        _wire.Dispose();
        _wire = new() { Now = _wire.Now };
        _wire.Node.Member = _member;
        IdentifyQuery identify = Identify();
        Assert.That((Run(identify), identify.Succeeded), Is.EqualTo((2, true)));
        _asker.Now += TimeSpan.FromMinutes(4.1);
        Assert.That(Run(new NeighborsQuery(_wire.Source, _member.Network)), Is.EqualTo(2), "it may be over");
    }

    [Test]
    public void Whoever_takes_no_token_is_left_alone()
    {
        NeighborsQuery query = new(_wire.Source, _member.Network);
        _asker.Node.Start(query, _asker.Now);
        int asked = 0;
        for (string sent; (sent = _asker.Transmit(out _)).Length > 0 && asked < 10; asked++)
            _asker.Send(sent.Contains("dsc_identify", StringComparison.Ordinal) ? Answer(sent, Id4, "5:token3:abc") : $"d1:eli203e1:xe1:t4:{Transaction(sent)}1:y1:ee", _wire.Source);
        Assert.That((asked, query.IsFinished, query.Succeeded, query.ErrorCode), Is.EqualTo((2, true, false, 203)));
    }

    [Test]
    public void Tokens_are_bounded_and_the_oldest_goes_first()
    {
        MemberTokens tokens = new();
        PeerEndPoint At(int number) => new(0x0A000000u + (uint)number, 9);
        for (int i = 0; i < 3 * MemberTokens.Capacity; i++)
            tokens.Remember(At(i), [(byte)i], TimeSpan.FromMilliseconds(i));
        TimeSpan end = TimeSpan.FromMilliseconds(3 * MemberTokens.Capacity);
        Assert.That(tokens.Count, Is.EqualTo(MemberTokens.Capacity));
        Assert.That(tokens.Recall(At(3 * MemberTokens.Capacity - 1), end), Is.Not.Null);
        Assert.That(tokens.Recall(At(2 * MemberTokens.Capacity - 1), end), Is.Null);
        for (int i = 0; i < 3 * MemberTokens.Capacity; i++)
            tokens.Remember(At(1), [1], end);
        Assert.That((tokens.Count, tokens.Recall(At(1), end)), Is.EqualTo((1, new byte[] { 1 })), "one end point takes one place");
    }

    private static PeerId Peer(int number) => new([(byte)number, .. new byte[31]]);

    private IdentifyQuery Identify() => new(_wire.Source, _member.Network, Bytes("0123456789abcdef"));

    /// <summary>Lets both sides talk until the query is over.</summary>
    /// <returns>How many datagrams the asker sent.</returns>
    private int Run(DirectQuery query)
    {
        _asker.Node.Start(query, _asker.Now);
        int sent = 0;
        for (string datagram; !query.IsFinished && (datagram = _asker.Transmit(out _)).Length > 0; sent++)
            _asker.Send(_wire.Send(datagram), _wire.Source);
        return sent;
    }

    /// <summary>Asks for neighbors and gets this answer.</summary>
    private NeighborsQuery Ask(string answer)
    {
        NeighborsQuery query = new(_wire.Source, _member.Network) { Token = [1] };
        _asker.Node.Start(query, _asker.Now);
        _asker.Send(Answer(_asker.Transmit(out _), Id4, answer), _wire.Source);
        return query;
    }
}
