using Discovery.Mdns;
using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Transports.Mdns;

/// <summary>The driver of mDNS, in virtual time: what it does about interfaces, slow readers and the end.</summary>
public sealed class MdnsHostTests
{
    private const string Type = "_x._udp";

    private readonly List<MdnsHost> _hosts = [];
    private VirtualTimeProvider _time = null!;
    private TestLan _lan = null!;

    [SetUp]
    public void Begin() => _lan = new(_time = new());

    [TearDown]
    public async Task EndAsync()
    {
        foreach (MdnsHost host in _hosts)
            await host.DisposeAsync();
        _hosts.Clear();
    }

    [Test]
    public async Task AServiceIsFoundChangedAndLost()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1", "fe80::1")), here = Start(_lan.AddMachine("10.0.0.2", "fe80::2"));
        ServiceWatch watch = here.Watch(Type, null);
        ServiceRegistration registration = Publish(there, "Büro 1. Stock");
        Run(3);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found Büro 1. Stock 10.0.0.1 fe80::1%2 7" }));
        registration.Update(ServiceText.Create(new KeyValuePair<string, string?>("k", "v")));
        Run(2);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Updated Büro 1. Stock 10.0.0.1 fe80::1%2 7 k=v" }));
        await registration.DisposeAsync();
        Run(2);
        Assert.That(Take(here, watch), Has.Length.EqualTo(1).And.All.StartsWith("Lost"));
        Assert.That(async () => await registration.WaitUntilAnnouncedAsync(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ASlowReaderSeesNeitherDoublesNorGhosts()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1")), here = Start(_lan.AddMachine("10.0.0.2"));
        ServiceWatch watch = here.Watch(Type, null);
        for (int round = 0; round < 5; round++)
        {
            ServiceRegistration passing = Publish(there, "passing"), kept = Publish(there, $"kept {round}");
            Run(3);
            kept.Update(ServiceText.Create(new KeyValuePair<string, string?>("k", "v")));
            passing.DisposeAsync().AsTask().Wait();
            Run(3);
        }
        Assert.That(watch.Count, Is.EqualTo(5));
        Assert.That(Take(here, watch), Is.EqualTo(Enumerable.Range(0, 5).Select(static round => $"Found kept {round} 10.0.0.1 7 k=v")));
    }

    [Test]
    public void StepsThatCancelEachOtherOutAreNotTold()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1")), here = Start(_lan.AddMachine("10.0.0.2"));
        ServiceWatch watch = here.Watch(Type, null);
        ServiceRegistration registration = Publish(there, "a");
        Run(3);
        Take(here, watch);
        registration.Update(ServiceText.Create(new KeyValuePair<string, string?>("k", "v")));
        Run(3);
        Assert.That(watch.Count, Is.EqualTo(1));
        registration.Update(ServiceText.Empty);
        Run(3);
        Assert.That(Take(here, watch), Is.Empty, "changed and changed back");
        registration.DisposeAsync().AsTask().Wait();
        Run(3);
        Publish(there, "a");
        Run(3);
        Assert.That(Take(here, watch), Is.Empty, "gone and come back");
        registration = Publish(there, "b");
        Run(3);
        registration.DisposeAsync().AsTask().Wait();
        Run(3);
        Assert.That(Take(here, watch), Is.Empty, "come and gone");
    }

    [Test]
    public void ACablePulledIsALossAtOnceAndPluggedAFind()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.2");
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1")), here = Start(machine);
        ServiceWatch watch = here.Watch(Type, null);
        Publish(there, "a");
        Run(3);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a 10.0.0.1 7" }));
        machine.Unplug();
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Lost a 10.0.0.1 7" }));
        Assert.That(here.Error, Is.Not.Null);
        Run(20);
        machine.Plug("10.0.0.2");
        Run(2);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a 10.0.0.1 7" }));
        Assert.That(here.Error, Is.Null);
    }

    [Test]
    public void OthersHearOfANewAddress()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.1");
        MdnsHost there = Start(machine), here = Start(_lan.AddMachine("10.0.0.2"));
        ServiceWatch watch = here.Watch(Type, null);
        Publish(there, "a");
        Run(3);
        Take(here, watch);
        machine.Plug("10.0.0.9");
        Run(3);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Updated a 10.0.0.9 7" }));
        Assert.That(machine.Opened, Is.EqualTo(1), "the link stays");
    }

    [Test]
    public async Task AnAddressThatLeavesWithItsFamilyIsSoonForgotten()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.1", "fe80::1", "fd77::1");
        MdnsHost there = Start(machine), here = Start(_lan.AddMachine("10.0.0.2", "fe80::2", "fd77::2"));
        ServiceWatch watch = here.Watch(Type, null);
        ServiceRegistration registration = Publish(there, "a");
        Run(5);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a 10.0.0.1 fe80::1%2 fd77::1 7" }));
        machine.Plug("fe80::1");
        Run(6);
        Assert.That(Take(here, watch).LastOrDefault(), Is.EqualTo("Updated a fe80::1%2 7"));
        machine.Plug("10.0.0.1", "fe80::1");
        Run(6);
        Assert.That(Take(here, watch).LastOrDefault(), Does.StartWith("Updated a").And.Contain("10.0.0.1"));
        machine.Plug("10.0.0.1");
        Run(6);
        Assert.That(Take(here, watch).LastOrDefault(), Is.EqualTo("Updated a 10.0.0.1 7"));
        await registration.DisposeAsync();
        Run(6);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Lost a 10.0.0.1 7" }), "what was learnt over IPv6 too");
    }

    [Test]
    public void WhatIsWithdrawnOnAllLinksAtOnceIsNotAskedFor()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1", "fe80::1")), here = Start(_lan.AddMachine("10.0.0.2", "fe80::2"));
        ServiceWatch watch = here.Watch(Type, null);
        ServiceRegistration registration = Publish(there, "a");
        Run(10);
        Take(here, watch);
        _lan.Sent.Clear();
        registration.DisposeAsync().AsTask().Wait();
        Run(3);
        Assert.That(Take(here, watch), Has.Length.EqualTo(1).And.All.StartsWith("Lost"));
        Assert.That(_lan.Sent, Has.Count.EqualTo(2), "a goodbye for each family");
    }

    [Test]
    public async Task AnInterfaceThatIsDeniedOrUnknownIsTriedAgain()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.1");
        machine.IsDenied = true;
        MdnsHost host = Start(machine);
        Task link = host.WaitForLinkAsync(default);
        Assert.That(host.Error, Is.InstanceOf<System.Net.Sockets.SocketException>());
        machine.IsBlind = true;
        Run(11);
        Assert.That(host.Error, Is.InstanceOf<System.Net.NetworkInformation.NetworkInformationException>());
        machine.IsBlind = machine.IsDenied = false;
        Run(6);
        Assert.That(host.Error, Is.Null);
        await link.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public void WithoutAnInterfaceItSaysSoAndWaits()
    {
        TestLan.Machine machine = _lan.AddMachine();
        MdnsHost host = Start(machine);
        Publish(host, "a");
        Run(10);
        Assert.That(host.Error?.Message, Does.Contain("interface"));
        Assert.That(_lan.Sent, Is.Empty);
        machine.Plug("10.0.0.1");
        Run(3);
        Assert.That(_lan.Sent, Is.Not.Empty);
    }

    [Test]
    public async Task WhatCannotBeSentIsNotAnnouncedAndSoonTriedAgain()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.1", "fe80::1");
        machine.IsMute = (true, true);
        MdnsHost there = Start(machine), here = Start(_lan.AddMachine("10.0.0.2", "fe80::2"));
        ServiceWatch watch = here.Watch(Type, null);
        Task announced = Publish(there, "a").WaitUntilAnnouncedAsync();
        ServiceWatch mute = there.Watch(Type, null);
        Publish(here, "b");
        Run(20);
        Assert.That(there.Error?.Message, Does.Contain("eth0"));
        Assert.That(there.Links, Is.EqualTo((2, 0)));
        Assert.That(announced.IsCompleted, Is.False);
        Assert.That(Take(there, mute), Has.Length.EqualTo(1), "what others announce is heard");
        machine.IsMute = (false, false);
        Run(7);
        Assert.That(there.Error, Is.Null);
        await announced.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a 10.0.0.1 fe80::1%2 7" }));
    }

    [Test]
    public void AnInterfaceThatNeedsAMomentIsTriedAgainAtOnce()
    {
        TestLan.Machine machine = _lan.AddMachine("fe80::1");
        machine.IsMute = (true, true);
        MdnsHost there = Start(machine), here = Start(_lan.AddMachine("fe80::2"));
        ServiceWatch watch = here.Watch(Type, null);
        Publish(there, "a");
        Run(1.5);
        Assert.That(there.Error, Is.Not.Null);
        machine.IsMute = (false, false);
        Run(2);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a fe80::1%2 7" }));
    }

    [Test]
    public async Task AServiceIsAnnouncedWhereItCanBe()
    {
        TestLan.Machine machine = _lan.AddMachine("10.0.0.1", "fe80::1");
        machine.IsMute = (true, false);
        MdnsHost there = Start(machine), here = Start(_lan.AddMachine("10.0.0.2", "fe80::2"));
        ServiceWatch watch = here.Watch(Type, null);
        Task announced = Publish(there, "a").WaitUntilAnnouncedAsync();
        Run(3);
        Assert.That(there.Error, Is.Null);
        Assert.That(there.Links, Is.EqualTo((2, 1)));
        await announced.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(Take(here, watch), Has.Length.EqualTo(1).And.All.StartsWith("Found a"));
    }

    [Test]
    public async Task TheEndIsAGoodbyeAndEndsAllWaiting()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1")), here = Start(_lan.AddMachine("10.0.0.2"));
        ServiceWatch watch = here.Watch(Type, null);
        Publish(there, "a");
        Run(3);
        Take(here, watch);
        await there.DisposeAsync();
        await there.DisposeAsync();
        Run(2);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Lost a 10.0.0.1 7" }));
        await using IAsyncEnumerator<ServiceEvent> reader = here.BrowseAsync(Type).GetAsyncEnumerator();
        ValueTask<bool> next = reader.MoveNextAsync();
        await here.DisposeAsync();
        Assert.That(async () => await next, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => here.BrowseAsync(Type), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Publish(here, "b"), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(here.Start, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task LeavingTheLoopEndsTheSearch()
    {
        MdnsHost host = Start(_lan.AddMachine("10.0.0.1"));
        using CancellationTokenSource stop = new();
        await using (IAsyncEnumerator<ServiceEvent> reader = host.BrowseAsync(Type, null, stop.Token).GetAsyncEnumerator())
        {
            ValueTask<bool> next = reader.MoveNextAsync();
            await stop.CancelAsync();
            Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
        }
        Run(1);
        int sent = _lan.Sent.Count;
        Run(200);
        Assert.That(_lan.Sent, Has.Count.EqualTo(sent));
    }

    [Test]
    public void ATypeThatIsNoneIsRefusedAtTheCall()
    {
        MdnsHost host = Start(_lan.AddMachine("10.0.0.1"));
        Assert.That(() => host.BrowseAsync("printer"), Throws.ArgumentException);
        Assert.That(() => host.BrowseAsync(Type, ""), Throws.InstanceOf<ArgumentException>());
        Assert.That(host.Start, Throws.InvalidOperationException);
    }

    [Test]
    public void AFloodFromOneSourceLeavesTheOthersHeard()
    {
        MdnsHost there = Start(_lan.AddMachine("10.0.0.1")), here = Start(_lan.AddMachine("10.0.0.2"));
        ServiceWatch watch = here.Watch(Type, null);
        Random random = new(5);
        byte[] noise = new byte[200];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(noise);
            _lan.Inject(noise, PeerEndPoint.Parse("10.0.0.66:5353"));
        }
        Run(1);
        Publish(there, "a");
        Run(3);
        Assert.That(Take(here, watch), Is.EqualTo(new[] { "Found a 10.0.0.1 7" }));
    }

    private static string[] Take(MdnsHost host, ServiceWatch watch)
    {
        List<string> taken = [];
        while (host.TryTake(watch, out ServiceEvent? change, out _))
            taken.Add($"{change.Change} {change.Service.Instance} {string.Join(' ', change.Service.Addresses)} {change.Service.Port} {string.Join(' ', change.Service.Text.Select(static pair => $"{pair.Key}={pair.Value}"))}".TrimEnd());
        return [.. taken];
    }

    private static ServiceRegistration Publish(MdnsHost host, string instance) => host.Publish(new() { Instance = instance, Type = Type, Port = 7 });

    private MdnsHost Start(TestLan.Machine machine)
    {
        MdnsHost host = new(new() { HostLabel = $"host-{_hosts.Count}", TimeProvider = _time, Network = machine, Random = new Random(_hosts.Count + 1) });
        _hosts.Add(host);
        host.Start();
        return host;
    }

    private void Run(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
