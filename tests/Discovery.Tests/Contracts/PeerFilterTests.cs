namespace Discovery.Tests.Contracts;

public sealed class PeerFilterTests
{
    private static readonly PeerInfo Peer = new()
    {
        Id = new(new byte[32]),
        Capabilities = ["search", "storage"],
        Region = "eu",
        SupportedProtocols = ["1.0"],
        Reliability = 0.5,
        Rtt = TimeSpan.FromMilliseconds(20),
    };

    private static readonly (PeerFilter Filter, bool Matches)[] Cases =
    [
        (new(), true),
        (new() { Capability = "storage" }, true),
        (new() { Capability = "Storage" }, false),
        (new() { Capabilities = ["search", "storage"] }, true),
        (new() { Capabilities = ["search", "other"] }, false),
        (new() { Region = "eu" }, true),
        (new() { Region = "e" }, false),
        (new() { Protocol = "1.0" }, true),
        (new() { Protocol = "1.1" }, false),
        (new() { MinReliability = 0.5 }, true),
        (new() { MinReliability = 0.51 }, false),
        (new() { MaxRtt = TimeSpan.FromMilliseconds(20) }, true),
        (new() { MaxRtt = TimeSpan.FromMilliseconds(19) }, false),
        (new() { Exclude = [new(new byte[32])] }, false),
        (new() { Predicate = static peer => peer.Region == "eu" }, true),
        (new() { Predicate = static _ => false }, false),
        (new() { Capability = "storage", Region = "us" }, false),
    ];

    [Test]
    public void EverythingThatIsSetMustHold() => Assert.Multiple(() =>
    {
        foreach ((PeerFilter filter, bool matches) in Cases)
            Assert.That(filter.Matches(Peer), Is.EqualTo(matches), $"{filter}");
    });

    [Test]
    public void WhoWasNotMeasuredIsNotNear() => Assert.That(new PeerFilter { MaxRtt = TimeSpan.MaxValue }.Matches(Peer with { Rtt = null }), Is.False);

    [Test]
    public void BoundsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => _ = new PeerFilter { MinReliability = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(static () => _ = new PeerFilter { MaxRtt = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentNullException>(static () => _ = new PeerFilter { Exclude = null! });
    }
}
