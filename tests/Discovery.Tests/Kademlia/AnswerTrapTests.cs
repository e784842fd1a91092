using Discovery.Kademlia;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia;

/// <summary>The traps of PROTOCOL.md on the client side: what the node makes of what comes back.</summary>
public sealed class AnswerTrapTests
{
    private static readonly PeerEndPoint There = PeerEndPoint.Parse("10.0.0.9:9"), Elsewhere = PeerEndPoint.Parse("10.0.0.9:10");
    private static readonly NodeId Id = NodeId.CreateRandom(new Random(5));

    private WireNode _wire = null!;

    [SetUp]
    public void Open() => _wire = new();

    [TearDown]
    public void Close() => _wire.Dispose();

    private RoutingTable Table => _wire.Node.Family(true)!.Table;

    private (PingQuery Ping, string Query) Ping()
    {
        PingQuery ping = new(There);
        _wire.Node.Start(ping, _wire.Now);
        string query = _wire.Transmit(out PeerEndPoint to);
        Assert.That(to, Is.EqualTo(There));
        return (ping, query);
    }

    [Test]
    public void Trap1_our_transaction_has_four_bytes_and_the_whole_query_is_as_expected()
    {
        string query = Ping().Query;
        Assert.That(query, Is.EqualTo($"d1:ad2:id20:{Text(Id4)}e1:q4:ping1:t4:{Transaction(query)}1:v4:DC\0\u00011:y1:qe"));
    }

    [Test]
    public void Trap11_only_the_right_end_point_and_transaction_count()
    {
        (PingQuery ping, string query) = Ping();
        string answer = Answer(query, Id), t = Transaction(query);
        _wire.Send(answer, Elsewhere);
        _wire.Send(answer, PeerEndPoint.Parse("10.0.0.8:9"));
        _wire.Send(answer.Replace($"1:t4:{t}", $"1:t3:{t[..3]}", StringComparison.Ordinal), There);
        _wire.Send(answer.Replace($"1:t4:{t}", $"1:t5:{t}x", StringComparison.Ordinal), There);
        _wire.Send(answer.Replace($"1:t4:{t}", $"1:t4:{(char)(t[0] ^ 1)}{t[1..]}", StringComparison.Ordinal), There);
        Assert.That((ping.IsFinished, _wire.Node.InFlight, Table.Count), Is.EqualTo((false, 1, 0)));
        Assert.That(_wire.Send(answer, There), Is.Empty);
        Assert.That((ping.Succeeded, ping.NodeId, _wire.Node.InFlight, Table.Count), Is.EqualTo((true, Id, 0, 1)));
        _wire.Send(answer, There);
        Assert.That(Table.Count, Is.EqualTo(1), "a duplicate changes nothing");
    }

    [Test]
    public void Trap11_an_error_ends_the_transaction()
    {
        (PingQuery ping, string query) = Ping();
        _wire.Send($"d1:eli202e12:Server Errore1:t4:{Transaction(query)}1:y1:ee", There);
        Assert.That((ping.IsFinished, ping.ErrorCode, _wire.Node.InFlight, Table.Count), Is.EqualTo((true, 202, 0, 0)));
        (ping, query) = Ping();
        _wire.Send($"d1:t4:{Transaction(query)}1:y1:ee", There);
        Assert.That((ping.IsFinished, ping.ErrorCode), Is.EqualTo((true, 201)), "an error without a code");
    }

    [Test]
    public void An_answer_without_a_good_id_ends_the_question_and_teaches_nothing(
        [Values("1:rde", "1:rd2:id19:0123456789012345678e", "1:rd2:idi5ee", "", "own")] string body)
    {
        (PingQuery ping, string query) = Ping();
        _wire.Send(body == "own" ? Answer(query, Id4) : $"d{body}1:t4:{Transaction(query)}1:y1:re", There);
        Assert.That((ping.IsFinished, ping.Succeeded, _wire.Node.InFlight, Table.Count), Is.EqualTo((true, false, 0, 0)));
    }

    [Test]
    public void Who_answers_under_another_id_leaves_the_table()
    {
        _wire.Teach(Id, There);
        Assert.That(Table.Count, Is.EqualTo(1));
        FindNodeLookup walk = _wire.Node.FindNode(NodeId.Zero, true, _wire.Now);
        _wire.Node.Start(walk, _wire.Now);
        string query = _wire.Transmit(out _);
        _wire.Send(Answer(query, NodeId.CreateRandom(new Random(6))), There);
        Assert.That((walk.IsFinished, walk.TimedOut, Table.Count), Is.EqualTo((true, 1, 0)));
    }

    [Test]
    public void A_store_ends_when_the_node_answers_under_another_id()
    {
        _wire.Teach(Id, There);
        PutItemLookup put = _wire.Node.PutItem(FoundItem.Immutable("5:hello"u8.ToArray()), null, true, _wire.Now);
        _wire.Node.Start(put, _wire.Now);
        _wire.Send(Answer(_wire.Transmit(out _), Id, "5:token1:x"), There);
        string store = _wire.Transmit(out _);
        Assert.That(store, Does.Contain($"6:target20:{Text(put.Target)}5:token1:x1:v5:helloe1:q3:put"), "trap 2: with target");
        _wire.Send(Answer(store, NodeId.CreateRandom(new Random(6))), There);
        Assert.That((put.IsFinished, put.Asked, put.Acknowledged, put.TimedOut), Is.EqualTo((true, 1, 0, 1)));
    }

    [Test]
    public void Trap12_unreachable_nodes_and_peers_are_dropped_wherever_they_appear([Values] bool isPublic)
    {
        _wire.Dispose();
        _wire = new(Quiet with { IsPublic = isPublic });
        PeerEndPoint there = PeerEndPoint.Parse("93.184.216.34:9");
        _wire.Teach(Id, there);
        GetPeersLookup walk = _wire.Node.GetPeers(NodeId.Zero, true, _wire.Now);
        _wire.Node.Start(walk, _wire.Now);
        PeerEndPoint[] bad = [.. new[] { "10.0.0.1:0", "0.0.0.0:5", "224.0.0.1:5", "255.255.255.255:5", "240.1.1.1:5" }.Select(static text => PeerEndPoint.Parse(text))];
        PeerEndPoint[] local = [.. new[] { "127.0.0.1:7", "10.0.0.1:7", "192.168.1.1:7", "169.254.1.1:7" }.Select(static text => PeerEndPoint.Parse(text))];
        PeerEndPoint good = PeerEndPoint.Parse("8.8.8.8:7");
        PeerEndPoint[] all = [.. bad, .. local, good];
        Random random = new(3);
        string nodes = string.Concat(all.Select(endPoint => Text(NodeId.CreateRandom(random)) + Compact(endPoint))), values = string.Concat(all.Select(static endPoint => B(Compact(endPoint))));
        _wire.Send(Answer(_wire.Transmit(out _), Id, $"5:nodes{nodes.Length}:{nodes}6:valuesl{values}e"), there);
        PeerEndPoint[] expected = isPublic ? [good] : [.. local, good];
        Assert.That(walk.Peers, Is.EquivalentTo(expected));
        _wire.Advance(TimeSpan.FromSeconds(30));
        Assert.That(_wire.TransmitAll().Select(static sent => sent.To).Distinct(), Is.SubsetOf((PeerEndPoint[])[.. expected, there]));
    }

    [Test]
    public void Trap13_a_router_is_asked_and_never_inserted()
    {
        PeerEndPoint router = PeerEndPoint.Parse("10.0.0.7:7");
        _wire.Teach(Id, There);
        _wire.Node.AddRouter(There, _wire.Now);
        Assert.That(Table.Count, Is.Zero, "what was a node before");
        _wire.Node.AddRouter(router, _wire.Now);
        _wire.Advance(TimeSpan.FromSeconds(1));
        List<(string Datagram, PeerEndPoint To)> sent = _wire.TransmitAll();
        Assert.That(sent.Select(static s => s.To), Is.EquivalentTo(new[] { There, router }));
        NodeId named = NodeId.CreateRandom(new Random(8));
        PeerEndPoint namedAt = PeerEndPoint.Parse("10.0.0.8:8");
        foreach ((string datagram, PeerEndPoint to) in sent)
            _wire.Send(Answer(datagram, NodeId.CreateRandom(new Random(to.Port)), $"5:nodes26:{Text(named)}{Compact(namedAt)}"), to);
        _wire.Send(Query("ping", id: Text(Id)), router);
        _wire.Advance(TimeSpan.FromSeconds(2));
        List<(string Datagram, PeerEndPoint To)> next = _wire.TransmitAll();
        Assert.That(next.Select(static s => s.To).Distinct(), Is.EqualTo(new[] { namedAt }));
        _wire.Send(Answer(next[^1].Datagram, named), namedAt);
        Assert.That(Table.Entries.ToArray().Select(static entry => entry.EndPoint), Is.EqualTo(new[] { namedAt }));
    }

    [Test]
    public void Trap8_the_majority_of_addresses_moves_the_id_and_the_table_follows()
    {
        PeerEndPoint external = PeerEndPoint.Parse("93.184.216.34:6881");
        NodeId before = _wire.Node.Family(true)!.Id;
        for (int i = 1; i <= 8; i++)
        {
            PeerEndPoint voter = new(0x0A00_0100 + (uint)i, 1);
            PingQuery ping = new(voter);
            _wire.Node.Start(ping, _wire.Now);
            _wire.Send(Answer(_wire.Transmit(out _), NodeId.CreateRandom(new Random(i)), ip: i == 2 ? "\x01\x02\x03\x04\0\x05" : i == 3 ? "short" : Compact(external)), voter);
        }
        Assert.That(_wire.Node.Family(true)!.External.Current, Is.EqualTo(external));
        NodeId after = _wire.Node.Family(true)!.Id;
        Assert.That((after == before, SecureNodeId.IsValid(after, external), Table.Count), Is.EqualTo((false, true, 8)));
        Assert.That(_wire.Send(Query("ping")), Does.Contain("2:id20:" + Text(after)));
        _wire.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_wire.TransmitAll(), Has.Some.Matches<(string Datagram, PeerEndPoint To)>(sent => sent.Datagram.Contains("6:target20:" + Text(after), StringComparison.Ordinal)), "the new neighbours are looked for");
        Assert.That(_wire.Node.Family(false)!.Id, Is.EqualTo(Id6));
    }

    [Test]
    public void What_nothing_can_reach_is_given_up_at_once([Values("10.0.0.1:0", "224.0.0.1:1", "[2001:db8::1]:1")] string where)
    {
        using WireNode only4 = new(dualStack: false);
        bool told = false;
        PingQuery ping = new(PeerEndPoint.Parse(where)) { Completed = _ => told = true };
        only4.Node.Start(ping, only4.Now);
        Assert.That((ping.IsFinished, told, only4.TransmitAll().Count), Is.EqualTo((true, true, 0)));
    }

    [Test]
    public void A_large_table_verifies_newcomers_after_a_while_and_asks_them_once()
    {
        Random random = new(9);
        for (uint i = 0; i < 40; i++)
            _wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
        _wire.Send(Query("ping", id: Text(Id)), There);
        // 90 s, 10 % more or less.
        _wire.Advance(TimeSpan.FromSeconds(80));
        Assert.That(_wire.TransmitAll(), Is.Empty);
        _wire.Advance(TimeSpan.FromSeconds(20));
        Assert.That(_wire.TransmitAll().Select(static sent => sent.To), Is.EqualTo(new[] { There }));
        _wire.Advance(TimeSpan.FromSeconds(30));
        Assert.That(_wire.TransmitAll(), Is.Empty, "a forged source makes us send one datagram, not three");
    }

    [Test]
    public void Trap10_five_queries_a_second_to_one_address()
    {
        _wire.Dispose();
        _wire = new(Quiet with { Budget = new() });
        for (int i = 0; i < 12; i++)
            _wire.Node.Start(new PingQuery(There.WithPort(i + 1), maxAttempts: 1), _wire.Now);
        Assert.That(_wire.TransmitAll(), Has.Count.EqualTo(5));
        _wire.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(_wire.TransmitAll(), Is.Empty);
        _wire.Advance(TimeSpan.FromMilliseconds(2));
        Assert.That(_wire.TransmitAll(), Has.Count.EqualTo(5));
        _wire.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_wire.TransmitAll(), Has.Count.EqualTo(2));
    }
}
