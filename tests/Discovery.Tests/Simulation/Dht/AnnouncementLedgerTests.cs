using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Dht;

public sealed class AnnouncementLedgerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), HalfHour = TimeSpan.FromMinutes(30);

    private DhtWorld _world = null!;
    private KademliaHost _here = null!, _there = null!;
    private NodeId _key;

    [SetUp]
    public void SetUp()
    {
        _world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions());
        IReadOnlyList<KademliaHost> hosts = _world.Settle(2, 0);
        (_here, _there) = (hosts[0], hosts[1]);
        _key = NodeId.CreateRandom(_world.Random);
    }

    [TearDown]
    public void TearDown() => _world.Dispose();

    private void Break() => _world.SideOf = endPoint => endPoint.AddressKey == _here.OutsideAddress ? 0 : 1;

    private (bool Here, bool There) Alive => (_world.Announcements.IsAlive(_key, _here), _world.Announcements.IsAlive(_key, _there));

    private void Announce(KademliaHost host) => _world.Announcements.Note(_key, host, HalfHour);

    private void Wait(TimeSpan time) => _world.Internet.RunUntil(_world.Now + time);

    [Test]
    public void WhatNobodyAnnouncesIsNotThere() => Assert.That(Alive, Is.EqualTo((false, false)));

    [Test]
    public void AnAnnouncementHasItsLifetime()
    {
        Announce(_here);
        Wait(HalfHour - Minute);
        Assert.That(Alive, Is.EqualTo((true, true)));
        Wait(Minute);
        Assert.That(Alive, Is.EqualTo((false, false)));
    }

    [Test]
    public void WhatWasAnnouncedBeforeTheNetworkBrokeIsOnBothSidesAndWhatIsAnnouncedThenOnOne()
    {
        Announce(_here);
        Break();
        Assert.That(Alive, Is.EqualTo((true, true)));
        Wait(Minute * 20);
        Announce(_here);
        Wait(Minute * 10);
        Assert.That(Alive, Is.EqualTo((true, false)));
        _world.SideOf = null;
        Assert.That(Alive, Is.EqualTo((true, true)), "the other side can be asked again");
    }

    [Test]
    public void AnotherBreakRunsThroughWhereTheKeyIsKept()
    {
        Break();
        Announce(_here);
        Break();
        Assert.That(Alive, Is.EqualTo((true, true)));
    }
}
