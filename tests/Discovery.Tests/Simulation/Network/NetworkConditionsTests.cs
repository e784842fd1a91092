using Discovery.Simulation;
using Discovery.Simulation.Engine;
using Discovery.Tests.Simulation.Engine;

namespace Discovery.Tests.Simulation.Network;

public sealed class NetworkConditionsTests
{
    private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(50), Minute = TimeSpan.FromMinutes(1);
    private static readonly NetworkConditions Plain = new() { Latency = LatencyModel.Constant(2 * Way), Jitter = 0 };

    private readonly ScriptedHost _alice = new("8.0.0.1:1"), _bob = new("9.0.0.1:2");
    private VirtualInternet _internet = null!;

    /// <summary>Sends so many datagrams at once, and gives what came of them.</summary>
    private List<(TimeSpan At, byte[] Datagram, PeerEndPoint From)> Exchange(NetworkConditions conditions, int count, int size = 4)
    {
        _internet = new(1) { Conditions = conditions };
        _internet.Add(_alice);
        _internet.Add(_bob);
        for (int i = 0; i < count; i++)
        {
            byte[] datagram = new byte[size];
            BitConverter.TryWriteBytes(datagram, i);
            _internet.Send(_alice, datagram, _bob.EndPoint);
        }
        _internet.RunUntil(Minute);
        return _bob.Received;
    }

    private static int Number((TimeSpan At, byte[] Datagram, PeerEndPoint From) received) => BitConverter.ToInt32(received.Datagram);

    [TearDown]
    public void TearDown()
    {
        _bob.Received.Clear();
        _alice.UplinkBusyUntil = _bob.DownlinkBusyUntil = 0;
    }

    [Test]
    public void WhatIsOffCostsNothingAndChangesNothing()
    {
        Assert.That(new NetworkConditions().IsShaped, Is.False);
        Assert.That(Exchange(Plain, 1000).Select(Number), Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test]
    public void ADuplicateComesOnItsOwnWay()
    {
        NetworkConditions conditions = Plain with { Duplication = 0.2, Jitter = 0.1 };
        List<int> arrivals = [.. Exchange(conditions, 5000).GroupBy(Number).Select(static copies => copies.Count())];
        Assert.That(arrivals, Has.Count.EqualTo(5000));
        Assert.That(arrivals.Count(static copies => copies == 2), Is.EqualTo(1000).Within(100));
        Assert.That(arrivals, Has.All.LessThanOrEqualTo(2));
        Assert.That(_bob.Received.GroupBy(Number).Count(static copies => copies.Count() == 2 && copies.First().At == copies.Last().At), Is.LessThan(10));
        Assert.That((_internet.Sent, _internet.Delivered), Is.EqualTo((5000, _bob.Received.Count)));
    }

    [Test]
    public void WhatIsHeldUpIsOvertaken()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(40);
        Exchange(Plain with { Reordering = 0.1, ReorderingDelay = delay }, 5000);
        List<TimeSpan> late = [.. _bob.Received.Select(static received => received.At).Where(static at => at > Way)];
        Assert.That(_bob.Received, Has.Count.EqualTo(5000));
        Assert.That(late, Has.Count.EqualTo(500).Within(70));
        Assert.That(late.Average(static at => (at - Way).TotalMilliseconds), Is.EqualTo(20).Within(2));
        Assert.That(late.Max(), Is.InRange(Way + delay * 0.98, Way + delay));
        Assert.That(_bob.Received.Select(Number), Is.Not.Ordered);
    }

    [Test]
    public void ADatagramTakesItsTimeOnTheLineOfTheSender()
    {
        // 72 bytes and 28 of headers at 10 000 a second: 10 ms each, one behind the other.
        List<double> arrivals = [.. Exchange(Plain with { Upload = 10_000 }, 5, 72).Select(static received => received.At.TotalMilliseconds)];
        Assert.That(arrivals, Is.EqualTo([60.0, 70.0, 80.0, 90.0, 100.0]));
        // The line has been idle since: nothing is left of what waited.
        _internet.Send(_alice, new byte[72], _bob.EndPoint);
        _internet.RunUntil(2 * Minute);
        Assert.That(_bob.Received[^1].At, Is.EqualTo(Minute + TimeSpan.FromMilliseconds(60)));
    }

    [Test]
    public void ADatagramTakesItsTimeOnTheLineOfTheReceiver()
    {
        List<double> arrivals = [.. Exchange(Plain with { Upload = 20_000, Download = 10_000 }, 3, 72).Select(static received => received.At.TotalMilliseconds)];
        Assert.That(arrivals, Is.EqualTo([65.0, 75.0, 85.0]));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void WhatFindsTheQueueFullIsLost(bool up)
    {
        // A second's worth waits: ten datagrams, and the one that is on the line already.
        NetworkConditions conditions = Plain with { Upload = up ? 1000 : null, Download = up ? null : 1000, QueueSize = 1000 };
        Assert.That(Exchange(conditions, 50, 72).Select(Number), Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(_bob.Received[^1].At, Is.EqualTo(Way + TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void WithoutAQueueALineTakesOneAtATime()
    {
        Assert.That(Exchange(Plain with { Upload = 1000, QueueSize = 0 }, 5, 72).Select(Number), Is.EqualTo([0]));
    }

    [TestCase(1232, 1232, 1)]
    [TestCase(1232, 1233, 0)]
    [TestCase(1472, 1472, 1)]
    public void WhatIsTooLargeIsLost(int largest, int size, int arrivals) =>
        Assert.That(Exchange(Plain with { LargestDatagram = largest }, 1, size), Has.Count.EqualTo(arrivals));

    [Test]
    public void SomeHearWithoutBeingHeard()
    {
        VirtualInternet internet = new(1) { Conditions = Plain with { OneWay = 0.2 } };
        List<ScriptedHost> hosts = [.. Enumerable.Range(1, 60).Select(static i => new ScriptedHost(new PeerEndPoint(0x0800_0000 + (uint)i, 1)))];
        hosts.ForEach(internet.Add);
        foreach (ScriptedHost from in hosts)
            foreach (ScriptedHost to in hosts)
                for (int i = 0; from != to && i < 2; i++)
                    internet.Send(from, [1], to.EndPoint);
        internet.RunUntil(Minute);
        bool Passes(ScriptedHost from, ScriptedHost to) => to.Received.Any(received => received.From == from.EndPoint);
        List<(ScriptedHost, ScriptedHost)> severed = [.. from left in hosts from right in hosts where left != right && !Passes(left, right) select (left, right)];
        // The same pairs each time, each direction for itself.
        Assert.That(internet.Delivered, Is.EqualTo(2 * (60 * 59 - severed.Count)));
        Assert.That(severed.Count / (60.0 * 59), Is.EqualTo(0.2).Within(0.03));
        Assert.That(severed.Count(pair => severed.Contains((pair.Item2, pair.Item1))) / (double)severed.Count, Is.EqualTo(0.2).Within(0.08));
    }

    [Test]
    public void WhateverBecomesOfADatagramTheNextHasTheSameChances()
    {
        static long NextDraw(NetworkConditions conditions, string to)
        {
            VirtualInternet internet = new(1) { Conditions = conditions };
            ScriptedHost alice = new("8.0.0.1:1");
            internet.Add(alice);
            internet.Send(alice, [1], PeerEndPoint.Parse(to));
            internet.RunUntil(Minute);
            return internet.Random.NextInt64();
        }
        long expected = NextDraw(Plain, "9.0.0.1:1");
        NetworkConditions[] others = [Plain with { Loss = 1 }, Plain with { Duplication = 1, Reordering = 1, Upload = 1, OneWay = 1 }, Plain with { LargestDatagram = 1, Jitter = 1, Duplication = 1 }];
        Assert.That(others.Select(static conditions => NextDraw(conditions, "7.0.0.1:1")), Has.All.EqualTo(expected));
    }

    [Test]
    public void WhatMakesNoSenseIsRefused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(static () => new NetworkConditions { Loss = 1.1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { Duplication = -0.1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { Reordering = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { OneWay = 2 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { ReorderingDelay = -Way }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { Upload = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { Download = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { QueueSize = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { LargestDatagram = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new NetworkConditions { LargestDatagram = 1473 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void EverythingThatIsNotAsUsualIsInTheCode()
    {
        Assert.That(new NetworkConditions().ToCode(), Is.EqualTo("new()"));
        NetworkConditions conditions = new()
        {
            Latency = LatencyModel.Pareto(TimeSpan.FromMilliseconds(5), 1.5, TimeSpan.FromSeconds(1)),
            Jitter = 0.2,
            Loss = 0.01,
            Duplication = 0.02,
            Reordering = 0.03,
            ReorderingDelay = Way,
            Upload = 1000,
            Download = 2000,
            QueueSize = 3000,
            LargestDatagram = 1232,
            OneWay = 0.04,
        };
        Assert.That(conditions.ToCode(), Is.EqualTo("new() { Latency = LatencyModel.Pareto(TimeSpan.FromMilliseconds(5), 1.5, TimeSpan.FromSeconds(1), 0), Jitter = 0.2, Loss = 0.01, Duplication = 0.02, "
            + "Reordering = 0.03, ReorderingDelay = TimeSpan.FromMilliseconds(50), Upload = 1000, Download = 2000, QueueSize = 3000, LargestDatagram = 1232, OneWay = 0.04 }"));
        // None was forgotten.
        Assert.That(typeof(NetworkConditions).GetProperties().Select(static property => property.Name), Has.All.Matches<string>(name => conditions.ToCode().Contains($"{name} = ")));
    }
}
