using Discovery.Kademlia;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia.Server;

/// <summary>Our own queries, byte for byte (PROTOCOL.md, "Our queries").</summary>
public sealed class MemberQueryTests
{
    private const string Nonce = "0123456789abcdef";

    private WireNode _wire = null!;
    private StubMember _member = null!;

    private string Network => Text(_member.Network);

    [SetUp]
    public void Open()
    {
        _wire = new();
        _member = new();
        _wire.Node.Member = _member;
    }

    [TearDown]
    public void Close()
    {
        _wire.Dispose();
        _member.Dispose();
    }

    private string Identify(string token = "", string nonce = Nonce, string? network = null) =>
        _wire.Send(Query("dsc_identify", $"7:network{B(network ?? Network)}5:nonce{B(nonce)}" + (token.Length > 0 ? "5:token" + B(token) : "")));

    private string Token()
    {
        string reply = Identify();
        return reply.Substring(reply.IndexOf("5:token8:", StringComparison.Ordinal) + 9, 8);
    }

    private string Neighbors(string token, long n, string more = "") => _wire.Send(Query("dsc_neighbors", $"1:ni{n}e7:network{B(Network)}{more}5:token{B(token)}", before: ""));

    private string Announce(SignedItem record, string token, string? signature = null) => _wire.Send(Query("dsc_announce",
        $"1:k32:{Text(record.Key.ToArray())}7:network{B(Network)}3:seqi{record.Sequence}e3:sig{B(signature ?? Text(record.Signature.Span))}5:token{B(token)}1:v{Text(record.Value.Span)}"));

    [Test]
    public void Without_a_token_there_is_a_token_and_with_one_a_proof()
    {
        string token = Token();
        Assert.That(Identify(), Is.EqualTo(_wire.Reply($"5:token8:{token}")));
        Assert.That(Identify(token), Is.EqualTo(_wire.Reply($"5:token8:{token}")), "no record yet");
        SignedItem record = _member.Record = _member.Sign(5, "2:hi");
        Assert.That(Identify("12345678"), Is.EqualTo(_wire.Reply($"5:token8:{token}")));
        byte[] message = [.. "discovery identify\0"u8, .. _member.Network.ToArray(), .. Bytes(Nonce)], proof = new byte[64];
        _member.Sign(message, proof);
        Assert.That(Identify(token), Is.EqualTo(_wire.Reply($"1:k32:{Text(record.Key.ToArray())}5:proof64:{Text(proof)}3:seqi5e3:sig64:{Text(record.Signature.Span)}1:v2:hi")));
        _wire.Source = PeerEndPoint.Parse("10.0.0.77:1");
        Assert.That(Identify(token), Does.Not.Contain("5:proof"), "the token of another address");
    }

    [Test]
    public void Another_network_or_none_gets_204_and_a_wrong_nonce_203()
    {
        Assert.That(Identify(network: new string('n', 20)), Is.EqualTo(_wire.Error(204)));
        Assert.That(Identify(network: "short"), Is.EqualTo(_wire.Error(204)));
        Assert.That(Identify(nonce: Nonce[1..]), Is.EqualTo(_wire.Error(203)));
        Assert.That(Identify(nonce: Nonce + "x"), Is.EqualTo(_wire.Error(203)));
        _wire.Node.Member = null;
        Assert.That(Identify(), Is.EqualTo(_wire.Error(204)));
        Assert.That(_wire.Send(Query("dsc_neighbors")), Is.EqualTo(_wire.Error(204)));
        Assert.That(_wire.Send(Query("dsc_announce")), Is.EqualTo(_wire.Error(204)));
    }

    [Test]
    public void The_largest_record_still_fits_into_a_datagram()
    {
        _member.Record = _member.Sign(long.MaxValue, B(new string('x', 990)));
        _member.Coordinate = new byte[KrpcMessage.MaxCoordinateSize];
        _wire.Source = PeerEndPoint.Parse("[fd00::1]:1");
        string t = new('t', 32), token = Token();
        string reply = _wire.Send(Query("dsc_identify", $"7:network{B(Network)}5:nonce{B(Nonce)}5:token{B(token)}", t));
        Assert.That(reply, Has.Length.InRange(1200, 1472).And.Contains("5:proof64:"));
    }

    [Test]
    public void Neighbors_come_with_a_token_in_the_family_of_whoever_asks()
    {
        for (int i = 1; i <= 25; i++)
        {
            using PeerIdentity peer = PeerIdentity.FromSeed([(byte)i, .. new byte[31]]);
            _member.Known.Add((peer.Id, i % 5 == 0 ? PeerEndPoint.Parse($"[fd00::{i}]:{i}") : new PeerEndPoint(0x0A000000u + (uint)i, (ushort)i)));
        }
        string Entries(bool ipv4, int count) => string.Concat(_member.Known.Where(peer => peer.EndPoint.IsIPv4 == ipv4).Take(count).Select(static peer => B(Text(peer.Id.ToArray()) + Compact(peer.EndPoint))));
        string token = Token();
        Assert.That(Neighbors("12345678", 3), Is.EqualTo(_wire.Error(203)));
        foreach (long n in new[] { 0L, -1, 21, long.MaxValue })
            Assert.That(Neighbors(token, n), Is.EqualTo(_wire.Error(203)), $"n = {n}");
        Assert.That(_wire.Send(Query("dsc_neighbors", $"7:network{B(Network)}5:token{B(token)}")), Is.EqualTo(_wire.Error(203)), "no n");
        Assert.That(Neighbors(token, 3), Is.EqualTo(_wire.Reply($"5:peersl{Entries(true, 3)}e")));
        Assert.That(Neighbors(token, 20), Is.EqualTo(_wire.Reply($"5:peersl{Entries(true, 20)}e")));
        Assert.That(_wire.Send(Query("dsc_neighbors", $"1:ni2e7:network{B(Network)}6:region2:eu5:token{B(token)}", before: "10:capability7:storage")), Is.EqualTo(_wire.Reply($"5:peersl{Entries(true, 2)}e")));
        Assert.That(_member.Asked, Is.EqualTo(("storage", "eu", "", true)));
        _wire.Source = PeerEndPoint.Parse("[fd00::ff]:1");
        Assert.That(Neighbors(Token(), 20), Is.EqualTo(_wire.Reply($"5:peersl{Entries(false, 20)}e")).And.Length.LessThanOrEqualTo(1472));
        _member.Known.Clear();
        Assert.That(Neighbors(Token(), 20), Is.EqualTo(_wire.Reply("5:peersle")));
    }

    [Test]
    public void Answers_with_a_proof_or_peers_say_where_this_peer_is()
    {
        _member.Coordinate = Bytes("coordinate");
        SignedItem record = _member.Record = _member.Sign(5, "2:hi");
        string token = Token();
        Assert.That(Identify(), Is.EqualTo(_wire.Reply($"5:token8:{token}")), "a token says nothing");
        string proof = Identify(token);
        Assert.That(proof, Does.EndWith("1:v2:hi2:vc10:coordinatee1:t2:aa1:v4:DC\0\u00011:y1:re"));
        Assert.That(Neighbors(token, 1), Is.EqualTo(_wire.Reply("5:peersle2:vc10:coordinate")));
        Assert.That(Announce(record, token), Is.EqualTo(_wire.Reply()));
    }

    [TestCase(64, ExpectedResult = 64)]
    [TestCase(65, ExpectedResult = 0)]
    public int Whoever_asks_may_say_where_it_is(int size)
    {
        _wire.Send(Query("dsc_neighbors", $"1:ni2e7:network{B(Network)}5:token{B(Token())}2:vc{B(new string('c', size))}"));
        Assert.That(_member.Asked.IPv4, Is.True, "it is answered all the same");
        return _member.Asked.Coordinate.Length;
    }

    [Test]
    public void The_longest_list_of_neighbors_stays_within_1024_bytes([Values] bool ipv4)
    {
        for (int i = 1; i <= 25; i++)
        {
            using PeerIdentity peer = PeerIdentity.FromSeed([(byte)i, .. new byte[31]]);
            _member.Known.Add((peer.Id, ipv4 ? new PeerEndPoint(0x0A000000u + (uint)i, (ushort)i) : PeerEndPoint.Parse($"[fd00::{i}]:{i}")));
        }
        _wire.Source = PeerEndPoint.Parse(ipv4 ? "10.0.0.9:1" : "[fd00::ff]:1");
        string token = Token(), reply = _wire.Send(Query("dsc_neighbors", $"1:ni20e7:network{B(Network)}5:token{B(token)}", new string('t', 32)));
        Assert.That(reply, Has.Length.InRange(900, 1024));
    }

    [Test]
    public void An_announcement_is_checked_before_it_is_handed_on()
    {
        SignedItem record = _member.Sign(5, "2:hi");
        string token = Token();
        Assert.That(Announce(record, "12345678"), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(record, token, new string('\x01', 64)), Is.EqualTo(_wire.Error(206)));
        Assert.That(Announce(record, token, "short"), Is.EqualTo(_wire.Error(203)));
        Assert.That(_member.Accepted, Is.Empty);
        Assert.That(Announce(record, token), Is.EqualTo(_wire.Reply()));
        Assert.That(_member.Accepted.Single().Target, Is.EqualTo(record.Target));
        _member.Verdict = KrpcError.OldSequence;
        Assert.That(Announce(record, token), Is.EqualTo(_wire.Error(302)));
    }
}
