using Discovery.Simulation;
using Discovery.Simulation.Engine;
using Discovery.Tests.Simulation.Engine;

namespace Discovery.Tests.Simulation.Network;

public sealed class NatTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2), Second = TimeSpan.FromSeconds(1);
    private static readonly PeerEndPoint Outside = PeerEndPoint.Parse("7.0.0.7:6881");

    private readonly ScriptedHost _friend = new("8.0.0.1:100"), _sibling = new("8.0.0.1:101"), _stranger = new("9.0.0.1:100");
    private VirtualInternet _internet = null!;
    private NatDevice _nat = null!;
    private ScriptedHost _host = null!;

    private void Build(NatKind kind)
    {
        _internet = new(1) { Conditions = new() { Latency = LatencyModel.Constant(TimeSpan.FromMilliseconds(20)), Jitter = 0 } };
        _nat = new(kind, Outside, Timeout);
        _host = new(kind == NatKind.Firewall ? Outside : _nat.Give(6881)) { Nat = _nat };
        foreach (ScriptedHost host in (ScriptedHost[])[_host, _friend, _sibling, _stranger])
            _internet.Add(host);
    }

    /// <summary>Sends something, and gives whether it arrived and from where.</summary>
    private PeerEndPoint? Send(ScriptedHost from, ScriptedHost to, PeerEndPoint at)
    {
        int received = to.Received.Count;
        _internet.Send(from, [1], at);
        _internet.RunUntil(_internet.Now + Second);
        return to.Received.Count > received ? to.Received[^1].From : null;
    }

    private PeerEndPoint? Send(ScriptedHost from, ScriptedHost to) => Send(from, to, to.EndPoint);

    [TestCase(NatKind.FullCone, true, true)]
    [TestCase(NatKind.RestrictedCone, true, false)]
    [TestCase(NatKind.PortRestrictedCone, false, false)]
    [TestCase(NatKind.Symmetric, false, false)]
    [TestCase(NatKind.Firewall, false, false)]
    public void EachKindLetsInWhomItMust(NatKind kind, bool sibling, bool stranger)
    {
        Build(kind);
        // Nothing has gone out so far: nobody gets in.
        Assert.That(Send(_friend, _host, Outside), Is.Null);
        PeerEndPoint seen = Send(_host, _friend)!.Value;
        Assert.That(seen.AddressKey, Is.EqualTo(Outside.AddressKey));
        Assert.That(Send(_friend, _host, seen), Is.EqualTo(_friend.EndPoint));
        Assert.That(Send(_sibling, _host, seen) is not null, Is.EqualTo(sibling), "the friend's address, another port");
        Assert.That(Send(_stranger, _host, seen) is not null, Is.EqualTo(stranger), "another address");
        Assert.That(Send(_friend, _host, seen.WithPort(seen.Port - 1)), Is.Null, "another port of the NAT");
        Assert.That(_host.IsReachable, Is.EqualTo(stranger));
    }

    [TestCase(NatKind.FullCone)]
    [TestCase(NatKind.RestrictedCone)]
    [TestCase(NatKind.PortRestrictedCone)]
    [TestCase(NatKind.Firewall)]
    public void AConeShowsOnePortToAll(NatKind kind)
    {
        Build(kind);
        PeerEndPoint seen = Send(_host, _friend)!.Value;
        Assert.That((Send(_host, _sibling), Send(_host, _stranger)), Is.EqualTo(((PeerEndPoint?)seen, (PeerEndPoint?)seen)));
        Assert.That((seen, _host.ReachedAt), Is.EqualTo((Outside, seen)), "the port is kept when it is free");
    }

    [Test]
    public void ASymmetricNatShowsAnotherPortToEach()
    {
        Build(NatKind.Symmetric);
        PeerEndPoint[] seen = [Send(_host, _friend)!.Value, Send(_host, _sibling)!.Value, Send(_host, _stranger)!.Value];
        Assert.That(seen, Is.Unique);
        Assert.That(Send(_host, _friend), Is.EqualTo(seen[0]), "and always the same one to the same");
        Assert.That(Send(_friend, _host, seen[1]), Is.Null, "nor is one's port open to the other");
        Assert.That(Send(_sibling, _host, seen[1]), Is.Not.Null);
    }

    [TestCase(NatKind.FullCone)]
    [TestCase(NatKind.RestrictedCone)]
    [TestCase(NatKind.PortRestrictedCone)]
    [TestCase(NatKind.Symmetric)]
    [TestCase(NatKind.Firewall)]
    public void WhatIsNotUsedIsForgotten(NatKind kind)
    {
        Build(kind);
        PeerEndPoint seen = Send(_host, _friend)!.Value;
        TimeSpan sent = _internet.Now - Second;
        // What comes in does not count.
        while (_internet.Now < sent + Timeout - 2 * Second)
            Assert.That(Send(_friend, _host, seen), Is.Not.Null);
        _internet.RunUntil(sent + Timeout);
        Assert.That(Send(_friend, _host, seen), Is.Null);
        // What goes out opens it again, and keeps it open.
        seen = Send(_host, _friend)!.Value;
        _internet.RunUntil(_internet.Now + Timeout * 0.9);
        Assert.That(Send(_host, _friend), Is.EqualTo(seen));
        _internet.RunUntil(_internet.Now + Timeout * 0.9);
        Assert.That(Send(_friend, _host, seen), Is.Not.Null);
    }

    [TestCase(NatKind.RestrictedCone)]
    [TestCase(NatKind.PortRestrictedCone)]
    public void ADoorIsOpenAsLongAsSomethingGoesOutOfThatDoor(NatKind kind)
    {
        Build(kind);
        PeerEndPoint seen = Send(_host, _friend)!.Value;
        _internet.RunUntil(_internet.Now + Timeout * 0.9);
        Send(_host, _stranger);
        _internet.RunUntil(_internet.Now + Timeout * 0.5);
        // The mapping lives because of the stranger, the friend's permission is over.
        Assert.That((Send(_friend, _host, seen), Send(_stranger, _host, seen) is not null), Is.EqualTo(((PeerEndPoint?)null, true)));
    }

    [Test]
    public void SeveralHostsShareOneNat([Values] NatKind kind)
    {
        if (kind == NatKind.Firewall)
            return;
        Build(kind);
        ScriptedHost other = new(_nat.Give(6881)) { Nat = _nat };
        _internet.Add(other);
        PeerEndPoint first = Send(_host, _friend)!.Value, second = Send(other, _friend)!.Value;
        Assert.That(second.AddressKey == first.AddressKey && second.Port != first.Port, Is.True);
        Assert.That((Send(_friend, _host, first), Send(_friend, other, second)), Is.EqualTo(((PeerEndPoint?)_friend.EndPoint, (PeerEndPoint?)_friend.EndPoint)));
        // Neither is turned round at the NAT, nor does a private address mean anything outside.
        Assert.That((Send(other, _host, first), Send(_friend, _host, _host.EndPoint), Send(_host, other, other.EndPoint)), Is.EqualTo(((PeerEndPoint?)null, (PeerEndPoint?)null, (PeerEndPoint?)null)));
    }

    [Test]
    public void AHostThatIsGoneLeavesItsDoorToNobody()
    {
        Build(NatKind.FullCone);
        PeerEndPoint seen = Send(_host, _friend)!.Value;
        Assert.That(_internet.IsTaken(seen), Is.True);
        _internet.Stop(_host);
        Assert.That((Send(_friend, _host, seen), _internet.IsTaken(seen)), Is.EqualTo(((PeerEndPoint?)null, false)));
        ScriptedHost heir = new(_host.EndPoint) { Nat = _nat };
        _internet.Add(heir);
        Assert.That(Send(_friend, heir, seen), Is.Not.Null, "the NAT still remembers the address");
    }

    [Test]
    public void ManyDoorsAreForgottenInTime([Values] NatKind kind)
    {
        NatDevice nat = new(kind, Outside, Timeout);
        ScriptedHost host = new(kind == NatKind.Firewall ? Outside : nat.Give(6881)) { Nat = nat };
        nat.Connect(host);
        TimeSpan now = TimeSpan.Zero;
        for (uint i = 0; i < 20_000; i++)
        {
            now += TimeSpan.FromMilliseconds(100);
            PeerEndPoint to = new(0x0900_0000 + i, 5), seen = nat.Leave(host.EndPoint, to, now);
            Assert.That(nat.Enter(seen.Port, to, now), Is.SameAs(host));
            if (i >= 5000 && kind != NatKind.FullCone)
                Assert.That(nat.Enter(seen.Port, new PeerEndPoint(0x0900_0000 + i - 5000, 5), now), Is.Null);
        }
        // Two minutes at ten a second; what is forgotten is swept out before there is twice as much.
        Assert.That(nat.Doors, Is.LessThanOrEqualTo(2 * 1200 + 2));
    }

    [Test]
    public void AShareThatMakesNoSenseIsRefused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(static () => new NatShare(NatKind.FullCone, 1.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NatShare(NatKind.FullCone, 0.5, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NatShare(NatKind.FullCone, 0.5, 251), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NatShare(NatKind.FullCone, 0.5) { MappingTimeout = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => Scenario.Create("").WithNat(NatKind.FullCone, 0.6).WithNat(NatKind.Symmetric, 0.6), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }
}
