using Discovery.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Mdns;

/// <summary>What is answered, to whom and when (RFC 6762 5.4, 6, 7.1 to 7.4).</summary>
public sealed class AnswerTests
{
    private const string Pointer = "An _x._udp.local. Ptr 4500 One._x._udp.local.";

    private static readonly DnsRecord Known = DnsRecord.Pointer(DnsName.Parse("_x._udp.local."), DnsName.Parse("One._x._udp.local."));

    private Bus _bus = null!;
    private Bus.Host _host = null!;

    [SetUp]
    public void Announce()
    {
        _bus = new();
        _host = _bus.Add("a");
        _host.Publish("One", subtypes: "_sub1");
        _bus.Run(60);
        _bus.Log.Clear();
    }

    [Test]
    public void A_search_is_answered_with_all_that_comes_next()
    {
        TimeSpan start = _bus.Now;
        _bus.Send(Messages.Query("_x._udp.local."), Messages.Stranger);
        _bus.Run(2);
        Bus.Sent answer = _bus.Log.Single();
        Assert.That(answer.Lines, Is.EqualTo((string[])
        [
            Pointer, "Ad One._x._udp.local. Srv 120 flush a.local.:7777", "Ad One._x._udp.local. Txt 4500 flush 00", "Ad a.local. A 120 flush 10.0.0.1", "Ad a.local. Nsec 120 flush A",
        ]));
        Assert.That(answer.IsMulticast);
        Assert.That((answer.At - start).TotalMilliseconds, Is.InRange(21, 121), "6: others may answer too");
        Assert.That(Convert.ToHexString(answer.Bytes), Is.EqualTo(
            "000084000000000100000004" + "025F78045F756470056C6F63616C00000C000100001194" + "0006034F6E65C00C"
            + "C0250021800100000078" + "000A000000001E610161C014" + "C0250010800100001194" + "000100" + "C03D0001800100000078" + "00040A000001" + "C03D002F800100000078" + "0005C03D000140"));
    }

    [TestCase("One._x._udp.local.", nameof(DnsType.Srv), "An One._x._udp.local. Srv 120 flush a.local.:7777")]
    [TestCase("one._X._udp.LOCAL.", nameof(DnsType.Txt), "An One._x._udp.local. Txt 4500 flush 00")]
    [TestCase("a.local.", nameof(DnsType.A), "An a.local. A 120 flush 10.0.0.1")]
    public void What_nobody_else_can_answer_is_answered_at_once(string name, string type, string expected)
    {
        TimeSpan start = _bus.Now;
        _bus.Send(Messages.Query(name, Enum.Parse<DnsType>(type)), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().Lines[0], Is.EqualTo(expected));
        Assert.That((_bus.Log.Single().At - start).TotalMilliseconds, Is.EqualTo(1), "the latency of the network");
    }

    [TestCase("a.local.", nameof(DnsType.Aaaa), "An a.local. Nsec 120 flush A")]
    [TestCase("a.local.", nameof(DnsType.Nsec), "An a.local. Nsec 120 flush A")]
    [TestCase("One._x._udp.local.", nameof(DnsType.A), "An One._x._udp.local. Nsec 4500 flush Txt,Srv")]
    public void What_there_is_not_is_denied(string name, string type, string expected)
    {
        _bus.Send(Messages.Query(name, Enum.Parse<DnsType>(type)), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().Lines[0], Is.EqualTo(expected));
    }

    [TestCase("b.local.", nameof(DnsType.A))]
    [TestCase("_x._udp.local.", nameof(DnsType.Txt))]
    [TestCase("_sub2._sub._x._udp.local.", nameof(DnsType.Ptr))]
    public void What_is_not_ours_is_not_answered(string name, string type)
    {
        _bus.Send(Messages.Query(name, Enum.Parse<DnsType>(type)), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log, Is.Empty);
    }

    [TestCase("_sub1._sub._x._udp.local.", "An _sub1._sub._x._udp.local. Ptr 4500 One._x._udp.local.")]
    [TestCase("_services._dns-sd._udp.local.", "An _services._dns-sd._udp.local. Ptr 4500 _x._udp.local.")]
    public void Subtypes_and_types_are_answered(string name, string expected)
    {
        _bus.Send(Messages.Query(name), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().Lines[0], Is.EqualTo(expected));
    }

    [TestCase(4500u, false)]
    [TestCase(2250u, false)]
    [TestCase(2249u, true)]
    public void What_the_asker_knows_for_half_its_life_is_not_told_again(uint knownTtl, bool isAnswered)
    {
        _bus.Send(Messages.Query("_x._udp.local.", knownTtl: knownTtl, known: Known), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log, Has.Count.EqualTo(isAnswered ? 1 : 0));
    }

    [Test]
    public void The_known_answers_of_the_vectors_count()
    {
        _bus = new();
        _bus.Add("node-a").Publish("Node A. 1", "_discovery._udp");
        _bus.Run(60);
        Dictionary<string, byte[]> vectors = Vectors.Load("mdns_messages").Items("constructed").ToDictionary(static vector => vector.Text("name"), static vector => vector.Hex("message_hex"));
        foreach ((string name, int answers) in ((string, int)[])[("one-shot PTR browse query, QM", 1), ("query with known answer", 0), ("query with known answer, TTL below half", 1), ("multi-packet known answers, first packet (TC set)", 0)])
        {
            _bus.Log.Clear();
            _bus.Send(vectors[name], Messages.Stranger);
            _bus.Run(5);
            Assert.That(_bus.Log, Has.Count.EqualTo(answers), name);
        }
    }

    [TestCase("OPCODE 15", 0)]
    [TestCase("RCODE 3", 0)]
    [TestCase("full service response truncated at 166", 3)]
    public void What_must_be_ignored_is_ignored(string note, int probes)
    {
        // The response claims our host name for another address, and would make us probe for it again.
        _bus = new();
        _bus.Add("node-a").Publish("Node A. 1", "_discovery._udp");
        _bus.Run(60);
        _bus.Log.Clear();
        _bus.Send(Vectors.Load("mdns_messages").Items("constructed_invalid").Single(vector => vector.Text("note").StartsWith(note, StringComparison.Ordinal)).Hex("message_hex"), Messages.Stranger);
        _bus.Run(5);
        Assert.That(_bus.Log.Count(static sent => sent.Lines.Contains("Q node-a.local. Any QU")), Is.EqualTo(probes), "18.3, 18.11");
    }

    [Test]
    public void Known_answers_may_follow_in_more_datagrams()
    {
        TimeSpan start = _bus.Now;
        _bus.Send(Messages.Query("_x._udp.local.", truncated: true), Messages.Stranger);
        _bus.Run(0.1);
        _bus.Send(Messages.MoreKnown(truncated: false, Known), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log, Is.Empty);
        start = _bus.Now;
        _bus.Send(Messages.Query("_x._udp.local.", truncated: true), Messages.Stranger);
        _bus.Run(0.3);
        _bus.Send(Messages.MoreKnown(truncated: true, DnsRecord.Pointer(Known.Name, DnsName.Parse("Other._x._udp.local."))), Messages.Stranger);
        _bus.Run(2);
        Assert.That((_bus.Log.Single().At - start).TotalMilliseconds, Is.InRange(700, 803), "7.2: every one of them puts the answer off");
    }

    [Test]
    public void The_known_answers_of_one_do_not_silence_the_answer_to_another()
    {
        _bus.Send(Messages.Query("_x._udp.local.", truncated: true), Messages.Stranger);
        _bus.Send(Messages.Query("_x._udp.local.", truncated: true), PeerEndPoint.Parse("10.0.0.201:5353"));
        _bus.Run(0.1);
        _bus.Send(Messages.MoreKnown(truncated: false, Known), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_unicast_answer_does_when_the_others_have_heard_it_lately()
    {
        _bus.Send(Messages.Query("_x._udp.local.", unicast: true), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().To, Is.EqualTo(Messages.Stranger));
        Assert.That(_bus.Log.Single().Lines[0], Is.EqualTo(Pointer));
        _bus.Run(1200);
        _bus.Log.Clear();
        _bus.Send(Messages.Query("_x._udp.local.", unicast: true), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().IsMulticast, "5.4: a quarter of its life is over");
    }

    [Test]
    public void A_question_sent_to_us_alone_is_answered_alone_if_it_comes_from_the_link()
    {
        _bus.Send(Messages.Query("a.local.", DnsType.A), Messages.Stranger, _host);
        _bus.Run(1);
        Assert.That(_bus.Log.Single().To, Is.EqualTo(Messages.Stranger));
        _bus.Log.Clear();
        _bus.Send(Messages.Query("a.local.", DnsType.A), PeerEndPoint.Parse("192.0.2.1:5353"), _host);
        _bus.Run(1);
        Assert.That(_bus.Log, Is.Empty, "11: from somewhere else");
    }

    [Test]
    public void A_resolver_of_old_gets_what_it_expects()
    {
        PeerEndPoint resolver = PeerEndPoint.Parse("10.0.0.200:40000");
        _bus.Send(Messages.Query("_x._udp.local.", id: 0x1234), resolver);
        _bus.Run(1);
        Bus.Sent answer = _bus.Log.Single();
        Assert.That(answer.To, Is.EqualTo(resolver));
        Assert.That(answer.Lines, Is.EqualTo((string[])
        [
            "Q _x._udp.local. Ptr", "An _x._udp.local. Ptr 10 One._x._udp.local.", "Ad One._x._udp.local. Srv 10 a.local.:7777", "Ad One._x._udp.local. Txt 10 00",
            "Ad a.local. A 10 10.0.0.1", "Ad a.local. Nsec 10 A",
        ]));
        Assert.That(Convert.ToHexString(answer.Bytes)[..8], Is.EqualTo("12348400"));
        Assert.That(Convert.ToHexString(answer.Bytes), Does.Contain("1E61" + "0161056C6F63616C00"), "18.14: the target of a service is written out");
    }

    [Test]
    public void A_resolver_of_old_gets_all_its_questions_back()
    {
        DnsWriter query = new(new byte[512], 7, 0, isMulticast: false);
        foreach (string name in (string[])["_x._udp.local.", "nobody.local.", "a.local."])
            Assert.That(query.TryWriteQuestion(DnsName.Parse(name), DnsType.Any));
        _bus.Send(query.Written.ToArray(), PeerEndPoint.Parse("10.0.0.200:40000"));
        _bus.Run(1);
        Assert.That(_bus.Log.Single().Lines.Where(static line => line[0] == 'Q'), Is.EqualTo((string[])["Q _x._udp.local. Any", "Q nobody.local. Any", "Q a.local. Any"]), "6.7");
    }

    [Test]
    public void A_record_is_multicast_once_in_a_second()
    {
        TimeSpan start = _bus.Now;
        for (int i = 0; i < 20; i++)
        {
            _bus.Send(Messages.Query("a.local.", DnsType.A), Messages.Stranger);
            _bus.Run(0.1);
        }
        _bus.Run(3);
        Assert.That(_bus.Log.Select(sent => (int)Math.Round((sent.At - start).TotalSeconds)), Is.EqualTo((int[])[0, 1, 2]));
    }

    [Test]
    public void What_another_says_first_is_not_said_again()
    {
        _bus.Send(Messages.Query("_x._udp.local."), Messages.Stranger);
        _bus.Send(Messages.Response(4500, Known), PeerEndPoint.Parse("10.0.0.201:5353"));
        _bus.Run(2);
        Assert.That(_bus.Log, Is.Empty, "7.4");
        _bus.Send(Messages.Query("_x._udp.local."), Messages.Stranger);
        _bus.Send(Messages.Response(4000, Known), PeerEndPoint.Parse("10.0.0.201:5353"));
        _bus.Run(2);
        Assert.That(_bus.Log, Has.Count.EqualTo(1), "with a shorter life it does not count");
    }

    [TestCase(0u)]
    [TestCase(100u)]
    public void What_another_takes_back_is_put_right(uint ttl)
    {
        _bus.Send(Messages.Response(ttl, Known), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log.Single().Lines[0], Is.EqualTo(Pointer), "6.6");
    }

    [Test]
    public void Answers_that_are_due_at_about_the_same_time_travel_together()
    {
        _bus.Send(Messages.Query("_x._udp.local."), Messages.Stranger);
        _bus.Send(Messages.Query("_services._dns-sd._udp.local."), PeerEndPoint.Parse("10.0.0.201:5353"));
        _bus.Run(2);
        Assert.That(_bus.Log, Has.Count.EqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Answers_that_do_not_fit_one_datagram_go_into_several(bool unicast)
    {
        for (int i = 0; i < 100; i++)
            _host.Publish($"Service number {i} with a name of some length", isUnique: true);
        _bus.Run(60);
        _bus.Log.Clear();
        _bus.Send(Messages.Query("_x._udp.local.", unicast: unicast), Messages.Stranger);
        _bus.Run(2);
        Assert.That(_bus.Log, Has.Count.GreaterThan(2));
        Assert.That(_bus.Log, Has.All.Matches<Bus.Sent>(sent => sent.IsMulticast != unicast && (sent.Bytes[2] & 2) == 0));
        Assert.That(_bus.Log.Max(static sent => sent.Bytes.Length), Is.LessThanOrEqualTo(1440));
        Assert.That(_bus.Log.SelectMany(static sent => sent.Lines).Count(static line => line.StartsWith("An _x._udp.local. Ptr", StringComparison.Ordinal)), Is.EqualTo(101));
    }

    [Test]
    public void A_resolver_of_old_is_told_that_there_is_more()
    {
        for (int i = 0; i < 100; i++)
            _host.Publish($"Service number {i} with a name of some length", isUnique: true);
        _bus.Run(60);
        _bus.Log.Clear();
        _bus.Send(Messages.Query("_x._udp.local.", id: 7), PeerEndPoint.Parse("10.0.0.200:40000"));
        _bus.Run(2);
        Assert.That(_bus.Log.Single().Bytes[2] & 2, Is.EqualTo(2), "TC");
    }
}
