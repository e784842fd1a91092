using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia.Server;

/// <summary>Traps 3 to 6 and 9 of PROTOCOL.md: what is stored, what is refused and why, byte for byte.</summary>
public sealed class StoreTrapTests
{
    private const string InfoHash = "mnopqrstuvwxyz123456";
    private const string Value = "5:hello";

    private WireNode _wire = null!;

    [SetUp]
    public void Open() => _wire = new();

    [TearDown]
    public void Close() => _wire.Dispose();

    private static string Immutable(string value) => Text(SignedItem.ComputeImmutableTarget(Bytes(value)));

    private static SignedItem Signed(long sequence, string value = Value, string salt = "")
    {
        using PeerIdentity identity = PeerIdentity.FromSeed(new byte[32]);
        return SignedItem.Create(identity, Bytes(salt), sequence, Bytes(value));
    }

    private string Token(string target) => TokenIn(_wire.Send(Query("get", $"6:target20:{target}")));

    private static string TokenIn(string reply) => reply.Substring(reply.IndexOf("5:token8:", StringComparison.Ordinal) + 9, 8);

    private string Put(string token, string value = Value, string target = "") =>
        _wire.Send(Query("put", (target.Length > 0 ? "6:target" + B(target) : "") + $"5:token{B(token)}1:v{value}"));

    private string Put(SignedItem item, string token, long? cas = null, string? signature = null, string? salt = null, string? key = null, string? value = null, long? sequence = null, string target = "")
    {
        salt ??= Text(item.Salt.Span);
        return _wire.Send(Query("put",
            $"1:k{B(key ?? Text(item.Key.ToArray()))}" + (salt.Length > 0 ? "4:salt" + B(salt) : "") + $"3:seqi{sequence ?? item.Sequence}e3:sig{B(signature ?? Text(item.Signature.Span))}"
            + (target.Length > 0 ? "6:target" + B(target) : "") + $"5:token{B(token)}1:v{value ?? Text(item.Value.Span)}",
            before: cas is null ? "" : $"3:casi{cas}e"));
    }

    [Test]
    public void Trap9_an_announcement_needs_the_token_for_its_address_and_info_hash()
    {
        string got = _wire.Send(Query("get_peers", $"9:info_hash20:{InfoHash}")), token = TokenIn(got);
        Assert.That(got, Is.EqualTo(_wire.Reply($"5:nodes0:5:token8:{token}")));
        string Announce(string with, int port = 77, string hash = InfoHash, string before = "") => _wire.Send(Query("announce_peer", $"{before}9:info_hash20:{hash}4:porti{port}e5:token{B(with)}"));
        Assert.That(Announce(""), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(token[..7]), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce("12345678"), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(token, hash: Caller), Is.EqualTo(_wire.Error(203)));
        _wire.Source = PeerEndPoint.Parse("10.0.0.3:6882");
        Assert.That(Announce(token), Is.EqualTo(_wire.Error(203)), "another address");
        _wire.Source = PeerEndPoint.Parse("10.0.0.2:9999");
        Assert.That(Announce(token, 0), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(token, 65536), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(token, -1), Is.EqualTo(_wire.Error(203)));
        Assert.That(Announce(token), Is.EqualTo(_wire.Reply()));
        Assert.That(_wire.Send(Query("get_peers", $"9:info_hash20:{InfoHash}")), Is.EqualTo(_wire.Reply($"5:nodes0:5:token8:{token}6:valuesl6:\x0A\0\0\x02\0Me")));
    }

    [TestCase("1", true)]
    [TestCase("2", true)]
    [TestCase("0", false)]
    public void An_implied_port_is_that_of_the_datagram(string flag, bool implied)
    {
        string token = TokenIn(_wire.Send(Query("get_peers", $"9:info_hash20:{InfoHash}")));
        Assert.That(_wire.Send(Query("announce_peer", $"12:implied_porti{flag}e9:info_hash20:{InfoHash}4:porti77e5:token8:{token}")), Is.EqualTo(_wire.Reply()));
        Assert.That(_wire.Send(Query("get_peers", $"9:info_hash20:{InfoHash}")), Does.Contain("6:\x0A\0\0\x02" + (implied ? "\x1A\u00E2" : "\0M") + "e"));
    }

    [Test]
    public void Trap9_a_token_holds_five_to_ten_minutes()
    {
        string target = Immutable(Value), token = Token(target);
        _wire.Now += TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1);
        Assert.That(Put(token), Is.EqualTo(_wire.Reply()));
        _wire.Now += TimeSpan.FromMinutes(4);
        Assert.That(Put(token), Is.EqualTo(_wire.Reply()));
        _wire.Now += TimeSpan.FromMinutes(2);
        Assert.That(Put(token), Is.EqualTo(_wire.Error(203)));
    }

    [Test]
    public void Trap2_put_is_taken_with_and_without_target()
    {
        string target = Immutable(Value), token = Token(target);
        Assert.That(Put(token, target: InfoHash), Is.EqualTo(_wire.Error(203)), "a target that is not the hash");
        Assert.That(Put(token, target: target[..19]), Is.EqualTo(_wire.Error(203)));
        Assert.That(_wire.Node.Items.Count, Is.Zero);
        Assert.That(Put(token, target: target), Is.EqualTo(_wire.Reply()));
        Assert.That(Put(token), Is.EqualTo(_wire.Reply()));
        Assert.That(_wire.Send(Query("get", $"6:target20:{target}")), Is.EqualTo(_wire.Reply($"5:nodes0:5:token8:{token}1:v{Value}")));
    }

    [Test]
    public void Trap3_a_value_has_at_most_1000_bytes_and_a_salt_64()
    {
        string longest = B(new string('x', 996)), tooLong = B(new string('x', 997));
        Assert.That(longest, Has.Length.EqualTo(1000));
        Assert.That(Put(Token(Immutable(tooLong)), tooLong), Is.EqualTo(_wire.Error(205)));
        Assert.That(Put(Token(Immutable(longest)), longest), Is.EqualTo(_wire.Reply()));
        SignedItem item = Signed(1, salt: new string('s', 64));
        string token = Token(Text(item.Target));
        Assert.That(Put(item, token, salt: new string('s', 65)), Is.EqualTo(_wire.Error(207)));
        Assert.That(Put(item, token), Is.EqualTo(_wire.Reply()));
        // A value of full size still comes back, in a reply without nodes.
        _wire.Teach(NodeId.CreateRandom(new Random(1)), PeerEndPoint.Parse("10.1.1.1:1"));
        string reply = _wire.Send(Query("get", $"6:target20:{Immutable(longest)}"));
        Assert.That(reply, Is.EqualTo(_wire.Reply($"5:token8:{TokenIn(reply)}1:v{longest}")));
        Assert.That(Put("12345678", "0:"), Is.EqualTo(_wire.Error(203)));
        Assert.That(_wire.Send(Query("put", "5:token8:12345678")), Is.EqualTo(_wire.Error(203)), "no value");
    }

    [Test]
    public void Trap4_the_token_is_checked_before_the_signature_and_the_signature_before_the_store()
    {
        SignedItem item = Signed(5, salt: "salt");
        string token = Token(Text(item.Target)), bad = new('\x01', 64);
        Assert.That(Put(item, "12345678", signature: bad), Is.EqualTo(_wire.Error(203)));
        Assert.That(Put(item, token, signature: bad), Is.EqualTo(_wire.Error(206)));
        Assert.That(Put(item, token, sequence: 6), Is.EqualTo(_wire.Error(206)));
        Assert.That(Put(item, token, value: "5:hullo"), Is.EqualTo(_wire.Error(206)));
        Assert.That(Put(item, token, signature: bad[..63]), Is.EqualTo(_wire.Error(203)));
        Assert.That(Put(item, token, key: new string('k', 31)), Is.EqualTo(_wire.Error(203)));
        Assert.That(Put(item, token, sequence: -1), Is.EqualTo(_wire.Error(203)));
        Assert.That(Put(item, token, target: InfoHash), Is.EqualTo(_wire.Error(203)));
        Assert.That(Put(item, token, salt: "other"), Is.EqualTo(_wire.Error(203)), "another salt is another target, for which the token is not");
        Assert.That(_wire.Node.Items.Count, Is.Zero);
        Assert.That(Put(item, token, target: Text(item.Target)), Is.EqualTo(_wire.Reply()));
        string held = $"1:k32:{Text(item.Key.ToArray())}5:nodes0:3:seqi5e3:sig64:{Text(item.Signature.Span)}5:token8:{token}1:v{Value}";
        Assert.That(_wire.Send(Query("get", $"6:target20:{Text(item.Target)}")), Is.EqualTo(_wire.Reply(held)));
        Assert.That(_wire.Send(Query("get", $"3:seqi4e6:target20:{Text(item.Target)}")), Is.EqualTo(_wire.Reply(held)));
        Assert.That(_wire.Send(Query("get", $"3:seqi5e6:target20:{Text(item.Target)}")), Is.EqualTo(_wire.Reply($"5:nodes0:3:seqi5e5:token8:{token}")));
    }

    [Test]
    public void Trap5_sequence_numbers_and_cas()
    {
        string token = Token(Text(Signed(5).Target));
        Assert.That(Put(Signed(5), token, cas: 3), Is.EqualTo(_wire.Reply()), "nothing there: nothing to compare with");
        Assert.That(Put(Signed(4), token), Is.EqualTo(_wire.Error(302)));
        Assert.That(Put(Signed(5), token), Is.EqualTo(_wire.Reply()), "the same again");
        Assert.That(Put(Signed(5, "5:other"), token), Is.EqualTo(_wire.Error(302)), "another value under the same number");
        Assert.That(Put(Signed(6), token, cas: 4), Is.EqualTo(_wire.Error(301)));
        Assert.That(Put(Signed(6), token, cas: 5), Is.EqualTo(_wire.Reply()));
        Assert.That(Put(Signed(long.MaxValue), token), Is.EqualTo(_wire.Reply()));
        Assert.That(_wire.Node.Items.Count, Is.EqualTo(1));
    }

    [TestCase("d1:bi1e1:ai2ee", TestName = "unsorted keys")]
    [TestCase("d1:ai1e1:ai2ee", TestName = "a key twice")]
    [TestCase("ld1:bi1e1:ai2eee", TestName = "unsorted keys inside")]
    [TestCase("i-0e", TestName = "minus zero")]
    [TestCase("i03e", TestName = "a leading zero")]
    [TestCase("05:hello", TestName = "a leading zero of a length")]
    public void Trap7_a_stored_value_is_canonical(string value) => Assert.That(Put(Token(Immutable(value)), value), Is.EqualTo(_wire.Error(203)));

    [Test]
    public void Trap6_no_reply_exceeds_1024_bytes()
    {
        Random random = new(1);
        for (uint i = 1; i <= 40; i++)
        {
            _wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
            _wire.Teach(NodeId.CreateRandom(random), PeerEndPoint.Parse($"[fd00::{i:x}]:1"));
        }
        NodeId hash = new(Bytes(InfoHash));
        for (uint i = 0; i < 90; i++)
        {
            PeerEndPoint four = new(0x0A02_0000 + i, 1), six = PeerEndPoint.Parse($"[fd00:1::{i:x}]:1");
            _wire.Node.Peers.Add(hash, four, four, _wire.Now);
            _wire.Node.Peers.Add(hash, six, six, _wire.Now);
        }
        foreach (string from in new[] { "10.0.0.2:6882", "[fd00::ffff]:1" })
            foreach (string want in new[] { "", "4:wantl2:n4e", "4:wantl2:n6e", "4:wantl2:n42:n6e" })
                foreach (string t in new[] { "", "aa", new string('t', 32) })
                {
                    _wire.Source = PeerEndPoint.Parse(from);
                    string reply = _wire.Send(Query("get_peers", $"9:info_hash20:{InfoHash}{want}", t));
                    Assert.That(reply, Has.Length.LessThanOrEqualTo(1024).And.Contains("6:valuesl").And.Contains("5:token8:"), $"{from} {want}");
                    int values = _wire.Source.IsIPv4 ? reply.Split("6:\x0A\x02").Length - 1 : reply.Split("18:\u00FD\0\0\x01").Length - 1;
                    Assert.That(values, Is.EqualTo(_wire.Source.IsIPv4 ? 50 : 40));
                    if (want == "4:wantl2:n42:n6e" && _wire.Source.IsIPv4)
                        Assert.That(reply, Does.Contain("5:nodes208:"), "nodes6 go first");
                    Assert.That(_wire.Send(Query("find_node", $"6:target20:{InfoHash}{want}", t)), Has.Length.LessThanOrEqualTo(1024).And.Contains(want.Contains("n6", StringComparison.Ordinal) ? "6:nodes6304:" : _wire.Source.IsIPv4 || want.Length > 0 ? "5:nodes208:" : "6:nodes6304:"));
                    Assert.That(_wire.Send(Query("sample_infohashes", $"6:target20:{InfoHash}{want}", t)), Has.Length.LessThanOrEqualTo(1024).And.Contains("8:intervali60e").And.Contains("3:numi1e"));
                }
    }
}
