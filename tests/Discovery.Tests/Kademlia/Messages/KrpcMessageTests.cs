using System.Text.Json;
using Discovery.Encoding;
using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Messages;

public sealed class KrpcMessageTests
{
    private static byte[] Rewrite(ReadOnlySpan<byte> datagram)
    {
        byte[] buffer = new byte[2048];
        return KrpcMessage.TryParse(datagram, out KrpcMessage message) ? buffer[..message.Write(buffer)] : [];
    }

    [TestCase("bep5_spec")]
    [TestCase("krpc_anacrolix")]
    [TestCase("constructed_here")]
    public void Vectors_are_parsed_and_written_back_byte_for_byte(string group)
    {
        JsonElement file = Vectors.Load("krpc_messages");
        using (Assert.EnterMultipleScope())
            foreach (JsonElement vector in file.Items(group))
                CheckVector(vector);
    }

    private static void CheckVector(JsonElement vector)
    {
        string name = vector.Text("name");
        byte[] datagram = vector.Hex("bencoded");
        // Three of anacrolix's have no kind: well-formed, but nothing that could be answered.
        bool hasKind = "qre".Any(kind => WireNode.Text(datagram).EndsWith($"1:y1:{kind}e", StringComparison.Ordinal));
        Assert.That(KrpcMessage.TryParse(datagram, out _), Is.EqualTo(hasKind), name);
        if (hasKind)
            Assert.That(Rewrite(datagram), Is.EqualTo(datagram), name);
        for (int length = 0; length < datagram.Length; length++)
            Assert.That(KrpcMessage.TryParse(datagram.AsSpan(0, length), out _), Is.False, $"the first {length} bytes of {name}");
    }

    [Test]
    public void What_the_vectors_say_is_read()
    {
        Assert.That(KrpcMessage.TryParse("d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe"u8, out KrpcMessage announce), Is.True);
        Assert.That((announce.Kind, announce.Method, announce.Port, announce.IsPortImplied), Is.EqualTo((KrpcKind.Query, KrpcMethod.AnnouncePeer, (long?)6881, true)));
        Assert.That(announce.Token.SequenceEqual("aoeusnth"u8) && announce.TargetOrInfoHash.SequenceEqual("mnopqrstuvwxyz123456"u8) && announce.Transaction.SequenceEqual("aa"u8), Is.True);
        Assert.That(KrpcMessage.TryParse("d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee"u8, out KrpcMessage error), Is.True);
        Assert.That((error.Kind, error.ErrorCode, System.Text.Encoding.ASCII.GetString(error.ErrorText)), Is.EqualTo((KrpcKind.Error, (int?)201, "A Generic Error Ocurred")));
        Assert.That(KrpcMessage.TryParse("d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u18:abcdefghijklmnopqr6:idhtnmee1:t2:aa1:y1:re"u8, out KrpcMessage values), Is.True);
        List<string> peers = [];
        foreach (PeerEndPoint peer in values.PeerValues)
            peers.Add(peer.ToString());
        Assert.That(peers, Is.EqualTo(new[] { "97.120.106.101:11893", "[6162:6364:6566:6768:696a:6b6c:6d6e:6f70]:29042", "105.100.104.116:28269" }));
    }

    [TestCase("d1:rd5:nodes9:def456...e1:t2:aa1:y1:re", 0)]
    [TestCase("d1:rd5:nodes27:aaaaaaaaaaaaaaaaaaaabbbbcc-e1:t2:aa1:y1:re", 1)]
    public void Compact_nodes_end_where_no_whole_one_is_left(string datagram, int count)
    {
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(datagram), out KrpcMessage reply), Is.True);
        foreach (CompactNode node in reply.NodesOf(true))
            count--;
        Assert.That(count, Is.Zero);
    }

    // A value of the wrong type counts as absent, and does not spoil what stands beside it.
    [TestCase("d1:ad2:id20:abcdefghij01234567895:token3:abce1:q4:ping1:t2:aa1:y1:qe")]
    [TestCase("d1:ad2:id20:abcdefghij01234567894:portl1:xe5:token3:abc4:wanti5ee1:q4:ping1:t2:aa1:y1:qe")]
    [TestCase("d1:ad2:id20:abcdefghij01234567891:kd1:ai1ee5:token3:abc6:values3:xyze1:eli1e1:ae1:q4:ping2:rode1:t2:aa1:v1:x1:y1:qe")]
    [TestCase("d1:ad3:casi99999999999999999999e2:id20:abcdefghij01234567893:seq1:x5:token3:abce2:ipi5e1:q4:ping1:t2:aa1:vi5e1:y1:qe")]
    [TestCase("d1:e3:abc1:r0:1:y1:q1:t2:aa1:q4:ping1:ad5:token3:abc2:id20:abcdefghij0123456789ee")]
    public void A_field_of_the_wrong_type_counts_as_absent(string datagram)
    {
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(datagram), out KrpcMessage query), Is.True);
        Assert.That((query.Method, query.IsReadOnly, query.Port, query.Sequence, query.Cas), Is.EqualTo((KrpcMethod.Ping, false, (long?)null, (long?)null, (long?)null)));
        Assert.That(query.Id.SequenceEqual("abcdefghij0123456789"u8) && query.Token.SequenceEqual("abc"u8) && query.Key.IsEmpty && query.Values.IsEmpty && !query.WantsIPv4, Is.True);
    }

    [TestCase("d1:eli99999999999999e1:xe1:t1:a1:y1:ee", int.MaxValue)]
    [TestCase("d1:eli-99999999999999e1:xi5eli6eee1:t1:a1:y1:ee", int.MinValue)]
    [TestCase("d1:el1:xe1:t1:a1:y1:ee", null)]
    [TestCase("d1:ele1:t1:a1:y1:ee", null)]
    [TestCase("d1:ei5e1:t1:a1:y1:ee", null)]
    [TestCase("d1:t1:a1:y1:ee", null)]
    public void An_error_is_an_error_whatever_it_says(string datagram, int? code)
    {
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(datagram), out KrpcMessage error), Is.True);
        Assert.That((error.Kind, error.ErrorCode), Is.EqualTo((KrpcKind.Error, code)));
    }

    [Test]
    public void Nesting_is_bounded([Values("1:x", "1:a", "1:r", "1:e")] string key)
    {
        string Nested(int depth) => $"d{key}{new string('l', depth)}{new string('e', depth)}1:q4:ping1:t2:aa1:y1:qe";
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(Nested(20)), out _), Is.True);
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(Nested(40)), out _), Is.False);
        Assert.That(KrpcMessage.TryParse(WireNode.Bytes(Nested(100_000)), out _), Is.False);
    }

    [Test]
    public void Random_messages_come_back_as_they_were_written()
    {
        Random random = new(1);
        byte[] buffer = new byte[4096];
        for (int i = 0; i < 20_000; i++)
        {
            int length = KrpcSamples.WriteRandom(random, buffer);
            ReadOnlySpan<byte> datagram = buffer.AsSpan(0, length);
            Assert.That(length, Is.Positive);
            Assert.That(Bencode.Validate(datagram, BencodeStrictness.Canonical, out BencodeError error), Is.True, $"{i}: {error}");
            Assert.That(Rewrite(datagram).AsSpan().SequenceEqual(datagram), Is.True, $"{i}: {WireNode.Text(datagram)}");
            Assert.That(KrpcMessage.TryParse(datagram[..random.Next(length)], out _), Is.False, $"{i}: truncated");
        }
    }

    [Test]
    public void What_does_not_fit_is_not_written()
    {
        Random random = new(2);
        byte[] buffer = new byte[4096];
        for (int i = 0; i < 200; i++)
        {
            int length = KrpcSamples.WriteRandom(random, buffer);
            Assert.That(KrpcMessage.TryParse(buffer.AsSpan(0, length), out KrpcMessage message), Is.True);
            for (int room = 0; room < length; room++)
                Assert.That(message.Write(new byte[room]), Is.Zero);
        }
    }
}
