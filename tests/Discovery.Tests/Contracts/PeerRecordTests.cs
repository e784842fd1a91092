using Discovery.Encoding;

namespace Discovery.Tests.Contracts;

public sealed class PeerRecordTests
{
    private const string Good = "d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:pl3:1.0ee";

    private static readonly NodeId Network = NetworkTopic.ForNetwork("my-app");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly long Sequence = SequenceClock.ToSequence(Now);
    private static readonly PeerEndPoint EndPoint = PeerEndPoint.Parse("127.0.0.1:6881");
    private static readonly PeerIdentity Identity = PeerIdentity.FromSeed(new byte[32]);

    private static readonly DiscoveryOptions Full = new()
    {
        Capabilities = ["zebra", "Apple", "storage", "ü"],
        Region = "aws:us-east-1",
        SupportedProtocols = ["1.1", "1.0"],
        ServiceUris = [new("https://a.example/x"), new("wss://b.example/")],
        Capacity = new() { BandwidthKbps = 1, Connections = 2, StorageMiB = 3, LoadPercent = 100 },
    };

    [OneTimeTearDown]
    public void Dispose() => Identity.Dispose();

    [Test]
    public void WhatIsSignedIsReadBack()
    {
        PeerEndPoint ipv6 = PeerEndPoint.Parse("[2001:db8::1]:7");
        SignedItem item = PeerRecord.Create(Identity, Network, Full, [ipv6, EndPoint], Sequence);
        Assert.That(item.Verify());
        Assert.That(PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out _));
        Assert.That(record!.Expires, Is.EqualTo(Now + TimeSpan.FromHours(1)));
        PeerInfo peer = record.ToPeerInfo();
        Assert.Multiple(() =>
        {
            Assert.That(peer.Id, Is.EqualTo(Identity.Id));
            Assert.That(peer.EndPoints, Is.EqualTo(new[] { ipv6, EndPoint }), "in the order of preference");
            Assert.That(peer.Capabilities, Is.EqualTo(new[] { "Apple", "storage", "zebra", "ü" }), "by their bytes");
            Assert.That(peer.Region, Is.EqualTo("aws:us-east-1"));
            Assert.That(peer.SupportedProtocols, Is.EqualTo(new[] { "1.1", "1.0" }));
            Assert.That(peer.ServiceUris, Is.EqualTo(Full.ServiceUris));
            Assert.That(peer.Capacity, Is.EqualTo(Full.Capacity));
            Assert.That(peer.Record, Is.SameAs(item));
        });
    }

    [Test]
    public void TheBytesAreThoseOfTheProtocol()
    {
        SignedItem item = PeerRecord.Create(Identity, Network, Full, [EndPoint], Sequence + 999_999);
        Assert.That(item.Salt.ToArray(), Is.EqualTo(Network.ToArray()));
        Assert.That(Latin1(item.Value.Span), Is.EqualTo(
            "d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl5:Apple7:storage5:zebra2:\u00c3\u00bce1:ei1767229200e1:pl3:1.13:1.0e1:r13:aws:us-east-1"
            + "1:ul19:https://a.example/x16:wss://b.example/e1:xd1:bi1e1:ci2e1:li100e1:si3eee"));
    }

    [Test]
    public void ARecordForADayIsAllowedFromAnyMicrosecond([Values(0, 1, 999_999)] int fraction)
    {
        DiscoveryOptions options = new() { Timing = new() { RecordLifetime = TimeSpan.FromHours(24) } };
        Assert.That(Refusal(PeerRecord.Create(Identity, Network, options, [EndPoint], Sequence + fraction)), Is.EqualTo(PeerRecordRefusal.None));
    }

    [Test]
    public void TheLargestRecordFitsAndALargerOneIsAnArgumentError()
    {
        DiscoveryOptions Options(int length) => new() { Capabilities = [.. Enumerable.Range(0, 14).Select(i => $"{i:00}".PadRight(62, 'c')).Append(new string('z', length))] };
        int spare = SignedItem.MaxCreatedValueSize - PeerRecord.Create(Identity, Network, Options(10), [EndPoint], Sequence).Value.Length;
        int last = 10 + spare;
        Assert.That(last, Is.LessThan(64));
        Assert.That(PeerRecord.Create(Identity, Network, Options(last), [EndPoint], Sequence).Value.Length, Is.EqualTo(SignedItem.MaxCreatedValueSize));
        Assert.Throws<ArgumentException>(() => PeerRecord.Create(Identity, Network, Options(last + 1), [EndPoint], Sequence));
    }

    [TestCase(0)]
    [TestCase(9)]
    public void ARecordHasOneToEightEndPoints(int count) =>
        Assert.Throws<ArgumentException>(() => PeerRecord.Create(Identity, Network, new(), [.. Enumerable.Repeat(EndPoint, count)], Sequence));

    [TestCase(Good, PeerRecordRefusal.None)]
    [TestCase("d1:0l1:xe1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:pl3:1.0e1:zd1:ai1eee", PeerRecordRefusal.None, Description = "unknown keys")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:xd1:bi0e1:li100e1:zleee", PeerRecordRefusal.None, Description = "unknown capacity, no version")]
    [TestCase("i1e", PeerRecordRefusal.Malformed)]
    [TestCase("de", PeerRecordRefusal.Malformed)]
    [TestCase("d1:cle1:ei1767229200e1:pl3:1.0ee", PeerRecordRefusal.Malformed, Description = "no end points")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:ei1767229200e1:pl3:1.0ee", PeerRecordRefusal.Malformed, Description = "no capabilities")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:pl3:1.0ee", PeerRecordRefusal.Malformed, Description = "no expiry")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200ee", PeerRecordRefusal.Malformed, Description = "no versions")]
    [TestCase("d1:al5:\u007f\u0000\u0000\u0001\u001ae1:cle1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "a short end point")]
    [TestCase("d1:ale1:cle1:ei1767229200e1:plee", PeerRecordRefusal.NoEndPoint)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u0000\u0000e1:cle1:ei1767229200e1:plee", PeerRecordRefusal.NoEndPoint, Description = "port 0")]
    [TestCase("d1:al6:\u00ff\u00ff\u00ff\u00ff\u001a\u00e1e1:cle1:ei1767229200e1:plee", PeerRecordRefusal.NoEndPoint, Description = "broadcast")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1i1ee1:cle1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "a number among end points")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl1:b1:ae1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "unsorted")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl1:a1:ae1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "double")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl0:e1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "an empty capability")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl1:\u00ffe1:ei1767229200e1:plee", PeerRecordRefusal.Malformed, Description = "not UTF-8")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767225600e1:plee", PeerRecordRefusal.Expired, Description = "now")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei0e1:plee", PeerRecordRefusal.Expired)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei-1e1:plee", PeerRecordRefusal.Malformed)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767312000e1:plee", PeerRecordRefusal.None, Description = "24 hours")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767312001e1:plee", PeerRecordRefusal.LifetimeTooLong)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei253402300799e1:plee", PeerRecordRefusal.LifetimeTooLong)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei253402300800e1:plee", PeerRecordRefusal.Malformed, Description = "after the year 9999")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei9223372036854775807e1:plee", PeerRecordRefusal.Malformed)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:ri1ee", PeerRecordRefusal.Malformed, Description = "a region that is a number")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:ul1:\u00ffee", PeerRecordRefusal.Malformed, Description = "an address that is not UTF-8")]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:xd1:bi-1eee", PeerRecordRefusal.Malformed)]
    [TestCase("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:xd1:li101eee", PeerRecordRefusal.Malformed)]
    public void ARefusalHasAReason(string value, object expected) => Assert.That(Refusal(Sign(value)), Is.EqualTo(expected));

    [TestCase(8, PeerRecordRefusal.None)]
    [TestCase(9, PeerRecordRefusal.TooManyEndPoints)]
    public void EndPointsAreCounted(int count, object expected) => Assert.That(
        Refusal(Sign($"d1:al{string.Concat(Enumerable.Repeat("6:\u007f\u0000\u0000\u0001\u001a\u00e1", count))}e1:cle1:ei1767229200e1:plee")), Is.EqualTo(expected));

    [TestCase(32, 1, PeerRecordRefusal.None)]
    [TestCase(33, 1, PeerRecordRefusal.TooManyCapabilities)]
    [TestCase(1, 64, PeerRecordRefusal.None)]
    [TestCase(1, 65, PeerRecordRefusal.Oversize)]
    public void CapabilitiesAreCountedAndMeasured(int count, int length, object expected)
    {
        string capabilities = string.Concat(Enumerable.Range(0, count).Select(i => $"{length}:{new string((char)('A' + i), length)}"));
        Assert.That(Refusal(Sign($"d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cl{capabilities}e1:ei1767229200e1:plee")), Is.EqualTo(expected));
    }

    [Test]
    public void OnlyAddressesOfAKnownSchemeAreShown()
    {
        SignedItem item = Sign("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple1:ul11:file:///etc9:not a uri11:https://a/bee");
        Assert.That(PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out PeerRecordRefusal refusal), $"{refusal}");
        Assert.That(record!.ServiceUris, Is.EqualTo(new[] { new Uri("https://a/b") }));
    }

    [Test]
    public void OnThePublicNetworkPrivateEndPointsAreDropped()
    {
        PeerEndPoint ipv6 = PeerEndPoint.Parse("[2001:4860::1]:7");
        SignedItem mixed = PeerRecord.Create(Identity, Network, new(), [EndPoint, PeerEndPoint.Parse("192.168.1.1:80"), ipv6], Sequence);
        Assert.That(PeerRecord.TryParse(mixed, Network, Now, out PeerRecord? record, out _, isPublic: true));
        Assert.That(record!.EndPoints, Is.EqualTo(new[] { ipv6 }));
        SignedItem hidden = PeerRecord.Create(Identity, Network, new(), [EndPoint], Sequence);
        Assert.That(PeerRecord.TryParse(hidden, Network, Now, out _, out PeerRecordRefusal refusal, isPublic: true), Is.False);
        Assert.That(refusal, Is.EqualTo(PeerRecordRefusal.NoEndPoint));
    }

    [Test]
    public void UnusableAndDoubleEndPointsAreDropped()
    {
        SignedItem item = Sign("d1:al6:\u0000\u0000\u0000\u0000\u001a\u00e16:\u007f\u0000\u0000\u0001\u001a\u00e16:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:plee");
        Assert.That(PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out _));
        Assert.That(record!.EndPoints, Is.EqualTo(new[] { EndPoint }));
    }

    [Test]
    public void ARecordOfAnotherNetworkIsRefused()
    {
        SignedItem item = PeerRecord.Create(Identity, Network, new(), [EndPoint], Sequence);
        Assert.That(Refusal(item, network: NetworkTopic.ForNetwork("other")), Is.EqualTo(PeerRecordRefusal.WrongNetwork));
        Assert.That(Refusal(SignedItem.Create(Identity, [], Sequence, item.Value.Span)), Is.EqualTo(PeerRecordRefusal.WrongNetwork));
    }

    [Test]
    public void AClockThatRunsAheadIsBornWithForTenMinutes()
    {
        DateTimeOffset ahead = Now + PeerRecord.ClockTolerance;
        Assert.That(Refusal(PeerRecord.Create(Identity, Network, new(), [EndPoint], SequenceClock.ToSequence(ahead))), Is.EqualTo(PeerRecordRefusal.None));
        Assert.That(Refusal(PeerRecord.Create(Identity, Network, new(), [EndPoint], SequenceClock.ToSequence(ahead) + 1)), Is.EqualTo(PeerRecordRefusal.FromTheFuture));
        Assert.That(Refusal(PeerRecord.Create(Identity, Network, new(), [EndPoint], long.MaxValue / 2)), Is.Not.EqualTo(PeerRecordRefusal.None));
    }

    [Test]
    public void UnknownKeysStayInTheSignedForm()
    {
        SignedItem item = Sign("d1:al6:\u007f\u0000\u0000\u0001\u001a\u00e1e1:cle1:ei1767229200e1:ple2:zzi7ee");
        Assert.That(PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out _));
        Assert.That(record!.Item.Verify());
        Assert.That(Latin1(record.Item.Value.Span), Does.EndWith("2:zzi7ee"));
    }

    [Test]
    public void NoBytesMakeItThrow()
    {
        Random random = new(20260101);
        byte[] salt = Network.ToArray(), signature = new byte[64];
        byte[] original = PeerRecord.Create(Identity, Network, Full, [EndPoint], Sequence).Value.ToArray();
        int read = 0, taken = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] value = i % 2 == 0 ? Mutate(original, random) : Grow(random);
            long sequence = random.Next(4) == 0 ? random.NextInt64() : Sequence;
            if (!SignedItem.TryFrom(Identity.Id, salt, sequence, value, signature, out SignedItem? item))
                continue;
            read++;
            if (PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out PeerRecordRefusal refusal))
                taken++;
            Assert.That(record is null, Is.EqualTo(refusal != PeerRecordRefusal.None));
            _ = record?.ToPeerInfo();
        }
        Assert.That(read, Is.GreaterThan(50_000), "canonical ones, so that the fields are reached");
        Assert.That(taken, Is.GreaterThan(1_000));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] value = original.AsSpan(0, random.Next(8) == 0 ? random.Next(original.Length) : original.Length).ToArray();
        for (int i = random.Next(3); i > 0 && value.Length > 0; i--)
            value[random.Next(value.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : "0123456789:deil"u8[random.Next(15)];
        return value;
    }

    // Always canonical: the keys of a record in order, each there or not, with a value of any type.
    private static byte[] Grow(Random random)
    {
        BencodeWriter writer = new(new byte[1000]);
        writer.BeginDictionary();
        foreach (char key in "aceprux")
            if (random.Next(10) != 0)
            {
                writer.WriteString([(byte)key]);
                if (random.Next(3) == 0)
                    GrowValue(ref writer, random, 3);
                else
                    writer.WriteRaw(Plain(key));
            }
        writer.End();
        return writer.Written.ToArray();
    }

    private static byte[] Plain(char key) => System.Text.Encoding.Latin1.GetBytes(key switch
    {
        'a' => "l6:\u007f\u0000\u0000\u0001\u001a\u00e1e",
        'e' => "i1767229200e",
        'r' => "1:r",
        'x' => "d1:bi1ee",
        _ => "l1:ae",
    });

    private static void GrowValue(ref BencodeWriter writer, Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 4 : 2))
        {
            case 0:
                writer.WriteInteger(random.Next(2) == 0 ? random.Next(-2, 200) : random.NextInt64(long.MinValue, long.MaxValue));
                break;
            case 1:
                byte[] text = new byte[new[] { 0, 1, 5, 6, 18, 64, 65 }[random.Next(7)]];
                random.NextBytes(text);
                writer.WriteString(text);
                break;
            case 2:
                writer.BeginList();
                for (int i = random.Next(12); i > 0; i--)
                    GrowValue(ref writer, random, depth - 1);
                writer.End();
                break;
            default:
                writer.BeginDictionary();
                foreach (char key in "bclsz")
                    if (random.Next(2) == 0)
                    {
                        writer.WriteString([(byte)key]);
                        GrowValue(ref writer, random, depth - 1);
                    }
                writer.End();
                break;
        }
    }

    private static PeerRecordRefusal Refusal(SignedItem item, NodeId? network = null)
    {
        bool taken = PeerRecord.TryParse(item, network ?? Network, Now, out PeerRecord? record, out PeerRecordRefusal refusal);
        Assert.That(record is not null, Is.EqualTo(taken));
        return refusal;
    }

    private static SignedItem Sign(string value) => SignedItem.Create(Identity, Network.ToArray(), Sequence, System.Text.Encoding.Latin1.GetBytes(value));

    private static string Latin1(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
