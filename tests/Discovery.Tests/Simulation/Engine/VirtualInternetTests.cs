using Discovery.Simulation;
using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Engine;

public sealed class VirtualInternetTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ScriptedHost _alice = null!, _bob = null!;
    private VirtualInternet _internet = null!;

    [SetUp]
    public void SetUp()
    {
        _internet = new(1) { Conditions = new() { Latency = LatencyModel.Constant(TimeSpan.FromMilliseconds(100)), Jitter = 0 } };
        (_alice, _bob) = (new("8.0.0.1:1"), new("9.0.0.1:2"));
        _internet.Add(_alice);
        _internet.Add(_bob);
    }

    private void Send(ScriptedHost from, ScriptedHost to, params byte[] datagram)
    {
        from.Post(to.EndPoint, datagram);
        _internet.Flush(from);
    }

    [Test]
    public void ADatagramTakesHalfTheRoundTrip()
    {
        Send(_alice, _bob, 1, 2, 3);
        _internet.RunUntil(TimeSpan.FromMilliseconds(49));
        Assert.That(_bob.Received, Is.Empty);
        _internet.RunUntil(Second);
        Assert.That(_bob.Received, Has.Count.EqualTo(1));
        Assert.That((_bob.Received[0].At, _bob.Received[0].From), Is.EqualTo((TimeSpan.FromMilliseconds(50), _alice.EndPoint)));
        Assert.That(_bob.Received[0].Datagram, Is.EqualTo([1, 2, 3]));
        Assert.That((_internet.Sent, _internet.Delivered, _alice.Sent, _bob.Sent), Is.EqualTo((1, 1, 1, 0)));
    }

    [Test]
    public void AnAnswerGoesBackToWhoAsked()
    {
        _bob.Answer = static asked => [.. asked, 9];
        Send(_alice, _bob, 1);
        _internet.RunUntil(Second);
        Assert.That(_alice.Received.Select(static received => (received.At, received.Datagram.Length, received.Datagram[1], received.From.Port)), Is.EqualTo([(TimeSpan.FromMilliseconds(100), 2, (byte)9, 2)]));
    }

    [Test]
    public void JitterStaysWithinItsPart()
    {
        _internet.Conditions = _internet.Conditions with { Jitter = 0.2 };
        for (int i = 0; i < 1000; i++)
            Send(_alice, _bob, 1);
        _internet.RunUntil(Second);
        double[] ways = [.. _bob.Received.Select(static received => received.At.TotalMilliseconds)];
        Assert.That(ways, Has.All.InRange(40, 60).And.Exactly(1000).Items);
        Assert.That((ways.Min(), ways.Max(), ways.Average()), Is.EqualTo((40.0, 60.0, 50.0)).Using<(double, double, double)>(static (left, right) =>
            Math.Abs(left.Item1 - right.Item1) < 0.5 && Math.Abs(left.Item2 - right.Item2) < 0.5 && Math.Abs(left.Item3 - right.Item3) < 0.5));
    }

    [Test]
    public void WhatGoesToNobodyIsLost()
    {
        _alice.Post(PeerEndPoint.Parse("10.9.9.9:9"), 1);
        _alice.Post(_bob.EndPoint.WithPort(3), 1);
        _internet.Flush(_alice);
        _internet.RunUntil(Second);
        Assert.That((_internet.Sent, _internet.Delivered, _bob.Received.Count), Is.EqualTo((2, 0, 0)));
    }

    [TestCase(0.0)]
    [TestCase(0.25)]
    [TestCase(1.0)]
    public void TheWantedPartIsLost(double loss)
    {
        _internet.Conditions = _internet.Conditions with { Loss = loss };
        for (int i = 0; i < 4000; i++)
            Send(_alice, _bob, 1);
        _internet.RunUntil(Second);
        Assert.That(_bob.Received.Count / 4000.0, Is.EqualTo(1 - loss).Within(loss is 0 or 1 ? 0 : 0.03));
    }

    [Test]
    public void NothingPassesWhereNothingConnects()
    {
        _internet.Connects = (from, to) => from == _alice.EndPoint && to == _bob.EndPoint;
        Send(_alice, _bob, 1);
        Send(_bob, _alice, 1);
        _internet.RunUntil(Second);
        Assert.That((_alice.Received.Count, _bob.Received.Count), Is.EqualTo((0, 1)));
    }

    [Test]
    public void ATimerFiresOnceAtItsTime()
    {
        _alice.Timers.Enqueue(Second);
        _alice.Timers.Enqueue(3 * Second);
        _internet.Flush(_alice);
        _internet.Flush(_alice);
        _internet.RunUntil(10 * Second);
        Assert.That(_alice.Fired, Is.EqualTo([Second, 3 * Second]));
    }

    [Test]
    public void ATimerMayBecomeEarlier()
    {
        _alice.Timers.Enqueue(5 * Second);
        _internet.Flush(_alice);
        _alice.Timers.Clear();
        _alice.Timers.Enqueue(2 * Second);
        _internet.Flush(_alice);
        _internet.RunUntil(10 * Second);
        Assert.That(_alice.Fired, Is.EqualTo([2 * Second]));
    }

    [Test]
    public void WhatIsOverdueFiresNow()
    {
        _internet.RunUntil(5 * Second);
        _alice.Timers.Enqueue(Second);
        _internet.Flush(_alice);
        _internet.RunUntil(5 * Second);
        Assert.That(_alice.Fired, Is.EqualTo([5 * Second]));
    }

    [Test]
    public void AHostThatWouldSpinIsADefect()
    {
        _alice.OnTimer = () => _alice.Timers.Enqueue(_internet.Now);
        _alice.Timers.Enqueue(Second);
        _internet.Flush(_alice);
        Assert.That(() => _internet.RunUntil(2 * Second), Throws.TypeOf<HostDefectException>());
    }

    [Test]
    public void ADatagramThatDoesNotFitIntoAFrameIsADefect()
    {
        _internet.Send(_alice, new byte[1472], _bob.EndPoint);
        Assert.That(() => _internet.Send(_alice, new byte[1473], _bob.EndPoint), Throws.TypeOf<HostDefectException>());
        Assert.That(_internet.Sent, Is.EqualTo(1));
    }

    [Test]
    public void CallsComeInOrderAndTimeNeverRunsBackwards()
    {
        List<(int, TimeSpan)> calls = [];
        _internet.RunUntil(Second);
        _internet.At(3 * Second, () => calls.Add((3, _internet.Now)));
        _internet.At(2 * Second, () =>
        {
            calls.Add((1, _internet.Now));
            // Too late for its own time: it is called at once.
            _internet.At(Second, () => calls.Add((2, _internet.Now)));
        });
        _internet.At(TimeSpan.Zero, () => calls.Add((0, _internet.Now)));
        _internet.RunUntil(10 * Second);
        Assert.That(calls, Is.EqualTo([(0, Second), (1, 2 * Second), (2, 2 * Second), (3, 3 * Second)]));
        _internet.RunUntil(5 * Second);
        Assert.That(_internet.Now, Is.EqualTo(10 * Second));
    }

    [Test]
    public void ARunEndsWhenItsConditionIsMetOrItsTimeIsOver()
    {
        Send(_alice, _bob, 1);
        Send(_alice, _bob, 2);
        Assert.That(_internet.RunUntil(() => _bob.Received.Count == 1, Second), Is.True);
        Assert.That((_internet.Now, _bob.Received.Count), Is.EqualTo((TimeSpan.FromMilliseconds(50), 1)));
        Assert.That(_internet.RunUntil(() => _bob.Received.Count == 3, Second), Is.False);
        Assert.That((_internet.Now, _bob.Received.Count), Is.EqualTo((Second, 2)));
    }

    [Test]
    public void AStoppedHostNeitherReceivesNorSendsNorFires()
    {
        _bob.Timers.Enqueue(Second);
        _internet.Flush(_bob);
        Send(_alice, _bob, 1);
        _internet.Stop(_bob);
        _bob.Timers.Enqueue(2 * Second);
        Send(_bob, _alice, 1);
        _internet.RunUntil(5 * Second);
        Assert.That((_bob.Received.Count, _bob.Fired.Count, _alice.Received.Count, _bob.IsUp), Is.EqualTo((0, 0, 0, false)));
        Assert.That(_internet.IsTaken(_bob.EndPoint), Is.False);
    }

    [Test]
    public void AHostMayBeStoppedByWhatItReceives()
    {
        _bob.Answer = _ =>
        {
            _bob.Post(_alice.EndPoint, 2);
            _internet.Stop(_bob);
            return [1];
        };
        Send(_alice, _bob, 1);
        _internet.RunUntil(Second);
        Assert.That(_alice.Received, Is.Empty);
    }

    [Test]
    public void AnotherMayTakeThePlaceOfAStoppedHost()
    {
        Assert.That(() => _internet.Add(new ScriptedHost(_bob.EndPoint)), Throws.ArgumentException);
        _internet.Stop(_bob);
        ScriptedHost heir = new(_bob.EndPoint);
        _internet.Add(heir);
        _internet.Stop(_bob);
        Send(_alice, heir, 1);
        _internet.RunUntil(Second);
        Assert.That((heir.Received.Count, heir.Index, _internet.Hosts.Count), Is.EqualTo((1, 2, 3)));
    }

    [Test]
    public void TheHistoryTellsApartWhatWasDelivered()
    {
        static ulong Run(byte content, bool stops)
        {
            VirtualInternet internet = new(1);
            ScriptedHost one = new("8.0.0.1:1"), other = new("9.0.0.1:2");
            internet.Add(one);
            internet.Add(other);
            internet.Send(one, [content], other.EndPoint);
            internet.RunUntil(5 * Second);
            if (stops)
                internet.Stop(other);
            return internet.History;
        }
        ulong first = Run(1, stops: false);
        Assert.That(Run(1, stops: false), Is.EqualTo(first));
        Assert.That(new HashSet<ulong> { first, Run(2, stops: false), Run(1, stops: true) }, Has.Count.EqualTo(3));
    }
}
