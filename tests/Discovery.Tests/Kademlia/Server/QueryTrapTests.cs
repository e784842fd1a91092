using Discovery.Kademlia;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia.Server;

/// <summary>The traps of PROTOCOL.md on the server side, byte for byte.</summary>
public sealed class QueryTrapTests
{
    private const string Target = "mnopqrstuvwxyz123456";

    private WireNode _wire = null!;

    [SetUp]
    public void Open() => _wire = new();

    [TearDown]
    public void Close() => _wire.Dispose();

    [Test]
    public void Trap1_a_transaction_of_0_to_32_bytes_is_echoed([Range(0, 32)] int length)
    {
        string t = new('\u00FF', length);
        Assert.That(_wire.Send(Query("ping", transaction: t)), Is.EqualTo(_wire.Reply(transaction: t)));
        Assert.That(_wire.Send(Query("nonsense", transaction: t)), Is.EqualTo(_wire.Error(204, t)));
    }

    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t33:0123456789012345678901234567890121:y1:qe", TestName = "33 bytes of t")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:y1:qe", TestName = "no t")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:ti5e1:y1:qe", TestName = "t is a number")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aae", TestName = "no y")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:xe", TestName = "an unknown y")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y2:qqe", TestName = "a long y")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:t2:aa1:y1:qe", TestName = "no q")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe ", TestName = "a trailing byte")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qee", TestName = "a trailing end")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:q", TestName = "truncated")]
    [TestCase("l1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", TestName = "a list")]
    [TestCase("4:ping", TestName = "a string")]
    [TestCase("i5e", TestName = "a number")]
    [TestCase("", TestName = "nothing")]
    public void Trap14_silence(string datagram) => Assert.That(_wire.Send(datagram), Is.Empty);

    [Test]
    public void Trap14_every_prefix_of_a_query_gets_silence()
    {
        string query = Query("get_peers", $"9:info_hash20:{Target}");
        for (int length = 0; length < query.Length; length++)
            Assert.That(_wire.Send(query[..length]), Is.Empty);
        Assert.That(_wire.Send(query), Is.Not.Empty);
    }

    [TestCase("d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe", TestName = "a short id")]
    [TestCase("d1:ad2:id21:abcdefghij01234567890e1:q4:ping1:t2:aa1:y1:qe", TestName = "a long id")]
    [TestCase("d1:ad2:idi5ee1:q4:ping1:t2:aa1:y1:qe", TestName = "an id that is a number")]
    [TestCase("d1:ade1:q4:ping1:t2:aa1:y1:qe", TestName = "no id")]
    [TestCase("d1:q4:ping1:t2:aa1:y1:qe", TestName = "no arguments")]
    [TestCase("d1:ale1:q4:ping1:t2:aa1:y1:qe", TestName = "arguments in a list")]
    [TestCase("d1:ade1:q7:unknown1:t2:aa1:y1:qe", TestName = "no id and an unknown method")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe", TestName = "find_node without target")]
    [TestCase("d1:ad2:id20:abcdefghij01234567896:target19:mnopqrstuvwxyz12345e1:q9:find_node1:t2:aa1:y1:qe", TestName = "find_node with a short target")]
    [TestCase("d1:ad2:id20:abcdefghij01234567899:info_hash21:mnopqrstuvwxyz1234567e1:q9:get_peers1:t2:aa1:y1:qe", TestName = "get_peers with a long info_hash")]
    [TestCase("d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe", TestName = "get_peers with a target only")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q3:get1:t2:aa1:y1:qe", TestName = "get without target")]
    [TestCase("d1:ad2:id20:abcdefghij0123456789e1:q17:sample_infohashes1:t2:aa1:y1:qe", TestName = "sample_infohashes without target")]
    public void Trap14_protocol_error(string query) => Assert.That(_wire.Send(query), Is.EqualTo(_wire.Error(203)));

    [Test]
    public void Trap14_an_unknown_method_gets_204_and_nodes_when_it_names_a_target([Values("6:target", "9:info_hash")] string key)
    {
        Assert.That(_wire.Send(Query("vote")), Is.EqualTo(_wire.Error(204)));
        Assert.That(_wire.Send(Query("vote", "6:target19:mnopqrstuvwxyz12345")), Is.EqualTo(_wire.Error(204)));
        NodeId known = NodeId.CreateRandom(new Random(2));
        PeerEndPoint there = PeerEndPoint.Parse("10.1.2.3:4");
        _wire.Teach(known, there);
        string body = $"1:rd2:id20:{Text(Id4)}5:nodes26:{Text(known)}{Compact(there)}e";
        Assert.That(_wire.Send(Query("vote", $"{key}20:{Target}")), Is.EqualTo(_wire.Error(204, body: body)));
    }

    [Test]
    public void Trap7_an_unsorted_envelope_is_accepted()
    {
        Assert.That(_wire.Send($"d1:y1:q1:t2:aa1:q9:find_node1:ad6:target20:{Target}2:id20:{Caller}ee"), Is.EqualTo(_wire.Reply("5:nodes0:")));
        Assert.That(_wire.Send($"d1:y1:q1:t2:aa1:q4:ping3:xyzld1:bi-0e1:a0:ee1:ad2:id20:{Caller}2:no1:xee"), Is.EqualTo(_wire.Reply()));
    }

    [Test]
    public void Trap8_ip_is_a_top_level_key_of_6_or_18_bytes()
    {
        Assert.That(_wire.Send(Query("ping")), Does.StartWith("d2:ip6:\x0A\0\0\x02\u001A\u00E2" + "1:rd"));
        _wire.Source = PeerEndPoint.Parse("[2001:db8::7]:258");
        Assert.That(_wire.Send(Query("ping")), Is.EqualTo(_wire.Reply()).And.StartsWith("d2:ip18:\x20\x01\x0D\u00B8\0\0\0\0\0\0\0\0\0\0\0\x07\x01\x02" + "1:rd"));
    }

    [Test]
    public void Trap11_a_read_only_node_says_nothing_and_a_read_only_caller_is_not_noted()
    {
        string readOnly = $"d1:ad2:id20:{Caller}e1:q4:ping2:roi1e1:t2:aa1:y1:qe";
        Assert.That(_wire.Send(readOnly), Is.EqualTo(_wire.Reply()));
        _wire.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_wire.TransmitAll(), Is.Empty);
        _wire.Send(Query("ping"));
        _wire.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_wire.TransmitAll(), Has.Count.EqualTo(1));

        using WireNode mute = new(Quiet with { IsReadOnly = true });
        Assert.That(mute.Send(Query("ping")), Is.Empty);
        Assert.That(mute.Send(Query("vote")), Is.Empty);
        mute.Node.Start(new PingQuery(mute.Source), mute.Now);
        Assert.That(mute.Transmit(out _), Does.Contain("2:roi1e1:t4:"));
    }

    [TestCase("10.0.0.2:0")]
    [TestCase("0.0.0.0:5")]
    [TestCase("0.1.2.3:5")]
    [TestCase("224.0.0.1:5")]
    [TestCase("239.255.255.255:5")]
    [TestCase("240.0.0.1:5")]
    [TestCase("255.255.255.255:5")]
    [TestCase("[::]:5")]
    [TestCase("[ff02::1]:5")]
    [TestCase("[2001:db8::1]:0")]
    public void Trap12_who_cannot_be_reached_is_not_answered(string source) => Assert.That(_wire.Send(Query("ping"), PeerEndPoint.Parse(source)), Is.Empty);

    [TestCase("127.0.0.1:5")]
    [TestCase("10.0.0.1:5")]
    [TestCase("172.16.0.1:5")]
    [TestCase("192.168.0.1:5")]
    [TestCase("169.254.0.1:5")]
    [TestCase("100.64.0.1:5")]
    [TestCase("[::1]:5")]
    [TestCase("[fe80::1]:5")]
    [TestCase("[fc00::1]:5")]
    public void Trap12_private_sources_are_dropped_on_the_public_network_only(string source)
    {
        using WireNode open = new(Quiet with { IsPublic = true });
        Assert.That(open.Send(Query("ping"), PeerEndPoint.Parse(source)), Is.Empty);
        Assert.That(open.Send(Query("ping"), PeerEndPoint.Parse("93.184.216.34:5")), Is.Not.Empty);
        Assert.That(_wire.Send(Query("ping"), PeerEndPoint.Parse(source)), Is.Not.Empty);
    }

    [Test]
    public void Our_own_id_is_dropped_and_so_is_a_family_that_we_are_not_of()
    {
        Assert.That(_wire.Send(Query("ping", id: Text(Id4))), Is.Empty);
        using WireNode only4 = new(dualStack: false);
        Assert.That(only4.Send(Query("ping"), PeerEndPoint.Parse("[2001:db8::1]:5")), Is.Empty);
    }

    [Test]
    public void Want_chooses_the_families([Values("", "2:n4", "2:n6", "2:n42:n6", "2:n8", "i4e2:n6le")] string want)
    {
        NodeId four = NodeId.CreateRandom(new Random(3)), six = NodeId.CreateRandom(new Random(4));
        PeerEndPoint at4 = PeerEndPoint.Parse("10.1.2.3:4"), at6 = PeerEndPoint.Parse("[fd00::1]:6");
        _wire.Teach(four, at4);
        _wire.Teach(six, at6);
        string nodes = $"5:nodes26:{Text(four)}{Compact(at4)}", nodes6 = $"6:nodes638:{Text(six)}{Compact(at6)}";
        string expected = want switch { "" or "2:n4" or "2:n8" => nodes, "2:n42:n6" => nodes + nodes6, _ => nodes6 };
        string arguments = $"6:target20:{Target}" + (want.Length > 0 ? $"4:wantl{want}e" : "");
        Assert.That(_wire.Send(Query("find_node", arguments)), Is.EqualTo(_wire.Reply(expected)));
        _wire.Source = at6.WithPort(9);
        if (want is "" or "2:n8")
            Assert.That(_wire.Send(Query("find_node", arguments)), Is.EqualTo(_wire.Reply(nodes6)));
    }
}
