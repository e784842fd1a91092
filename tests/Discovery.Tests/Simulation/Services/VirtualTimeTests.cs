using System.Diagnostics;
using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Simulation.Services;

/// <summary>How time passes in a <see cref="SimulatedNetwork"/>.</summary>
public sealed class VirtualTimeTests
{
    private SimulatedNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new("test", 1);

    [TearDown]
    public void Clear() => _network.Dispose();

    [Test]
    public async Task AWaitTakesItsTimeToTheTickAndNoOther()
    {
        TimeSpan[] woken = await _network.RunAsync(() => Task.WhenAll(Enumerable.Range(1, 100).Select(async i =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(i), _network.Time);
            return _network.Time.Elapsed;
        })));
        Assert.That(woken, Is.EqualTo(Enumerable.Range(1, 100).Select(static i => TimeSpan.FromMilliseconds(i))));
        await _network.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(100)));
    }

    [Test]
    public async Task WorkTakesNoTime()
    {
        _network.AddPeers(20);
        long steps = await _network.RunAsync(async () =>
        {
            long count = 0;
            for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(100); count++)
                await Task.Yield();
            return count;
        });
        Assert.That(steps, Is.Positive);
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task TimeStandsWhileItIsHeld()
    {
        _network.AddPeers(20);
        await _network.RunAsync(async () =>
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (_network.HoldTime())
            {
                new Thread(() =>
                {
                    // The real world: nothing of it is seen in the thread pool.
                    for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(100);)
                        Thread.Yield();
                    done.SetResult();
                }).Start();
                await done.Task;
                Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _network.Time);
        });
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task WorkThatBlocksItsThreadHoldsTimeUpForAsLongAsThereIsPatience()
    {
        // Long enough for a busy machine to begin a callback: what is not begun by then is not waited for either.
        using SimulatedNetwork network = new("test", 1) { Patience = TimeSpan.FromMilliseconds(500) };
        await network.RunAsync(() =>
        {
            Task.Delay(TimeSpan.FromMinutes(1), network.Time).Wait();
            return Task.CompletedTask;
            // Without a limit: nothing else holds time up while the thread wakes, and a busy machine may take until then.
        }, Timeout.InfiniteTimeSpan);
        Assert.That(network.Time.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task ARunWithinARunIsPartOfIt()
    {
        await _network.RunAsync(async () =>
        {
            Task beside = _network.RunAsync(() => Task.Delay(TimeSpan.FromSeconds(3), _network.Time));
            await _network.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(2)));
            await beside;
        });
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    [Test]
    public void WorkThatIsNotDoneInTimeIsGivenUp()
    {
        TimeoutException? thrown = Assert.ThrowsAsync<TimeoutException>(() => _network.RunAsync(() => new TaskCompletionSource().Task, TimeSpan.FromMinutes(5)));
        Assert.That(thrown!.Message, Does.Contain("00:05:00").And.Contain(nameof(SimulatedNetwork.HoldTime)));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromMinutes(5)).Within(TimeSpan.FromTicks(1)));
    }

    [Test]
    public async Task WhatIsDoneAtTheLimitIsInTime()
    {
        for (int i = 0; i < 20; i++)
            await _network.RunAsync(() => Task.Delay(TimeSpan.FromMinutes(5), _network.Time), TimeSpan.FromMinutes(5));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromMinutes(100)));
    }

    [Test]
    public void WorkThatBlocksForEverIsToldThatItBlocks()
    {
        using SimulatedNetwork network = new("test", 1) { Patience = TimeSpan.FromMilliseconds(20) };
        using ManualResetEventSlim never = new();
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TimeoutException? thrown = Assert.ThrowsAsync<TimeoutException>(() => network.RunAsync(() =>
        {
            never.Wait();
            ended.SetResult();
            return Task.CompletedTask;
        }));
        Assert.That(thrown!.Message, Does.Contain("Task.Result"));
        never.Set();
        Assert.That(() => ended.Task, Throws.Nothing);
    }

    [Test]
    public void TimeThatIsNeverLetGoFailsTheRun()
    {
        TimeoutException? thrown = Assert.ThrowsAsync<TimeoutException>(() => _network.RunAsync(async () =>
        {
            _network.HoldTime(TimeSpan.FromMilliseconds(20));
            await Task.Delay(TimeSpan.FromSeconds(1), _network.Time);
        }));
        Assert.That(thrown!.Message, Does.Contain("0.02 s").And.Contain(nameof(SimulatedNetwork.HoldTime)));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task AHoldCountsOnlyWhileARunWaitsForIt()
    {
        using IDisposable hold = _network.HoldTime(TimeSpan.FromMilliseconds(300));
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(400);)
            Thread.Yield();
        await _network.RunAsync(() => Task.CompletedTask);
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task WhoeverIsHeldHoldsNoOtherNetworkUp()
    {
        using SimulatedNetwork other = new("test", 2);
        await _network.RunAsync(async () =>
        {
            using (_network.HoldTime())
                await other.AdvanceAsync(TimeSpan.FromHours(1));
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
            await _network.AdvanceAsync(TimeSpan.FromSeconds(1));
        });
        Assert.That(other.Time.Elapsed, Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [Test]
    public async Task AnAdvanceIsExactToTheTick()
    {
        await _network.AdvanceAsync(TimeSpan.FromTicks(7));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromTicks(7)));
        await _network.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromHours(1) + TimeSpan.FromTicks(7)));
    }

    [Test]
    public async Task TheTimersAnApplicationHasKeepItsTime()
    {
        _network.AddPeers(50);
        await _network.RunAsync(async () =>
        {
            using PeriodicTimer timer = new(TimeSpan.FromSeconds(10), _network.Time);
            for (int i = 0; i < 6; i++)
                Assert.That(await timer.WaitForNextTickAsync(), Is.True);
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(60)));

            using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(2), _network.Time);
            await Task.Delay(Timeout.InfiniteTimeSpan, _network.Time, cancel.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(62)));

            Task late = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(8), _network.Time);
            await late.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.That(late.Exception?.InnerException, Is.TypeOf<TimeoutException>());
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.FromSeconds(70)));
        });
    }

    [Test]
    public async Task NetworksSideBySideKeepTheirOwnTime()
    {
        // So many that they would take minutes if each kept a processor while it waits for the thread pool.
        await Task.WhenAll(Enumerable.Range(1, 12).Select(number => Task.Run(async () =>
        {
            using SimulatedNetwork network = new("test", (ulong)number) { Patience = TimeSpan.FromSeconds(10) };
            network.AddPeers(30);
            await using IDiscoveryService service = network.CreateService();
            await network.RunAsync(async () =>
            {
                await service.InitializeAsync();
                TimeSpan began = network.Time.Elapsed;
                for (int i = 1; i <= 100; i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100 * number), network.Time);
                    Assert.That(network.Time.Elapsed - began, Is.EqualTo(TimeSpan.FromMilliseconds(100 * number) * i));
                }
                Assert.That((await service.DiscoverPeersAsync(5)).Peers, Has.Count.EqualTo(5));
            });
        })));
    }

    [Test]
    public void WhatTheWorkThrowsComesOut()
    {
        Assert.That(() => _network.RunAsync(() => throw new FormatException("mine")), Throws.TypeOf<FormatException>());
        Assert.That(() => _network.RunAsync(() => Task.FromException<int>(new TimeoutException("mine"))), Throws.TypeOf<TimeoutException>().With.Message.EqualTo("mine"));
        Assert.That(() => _network.AdvanceAsync(TimeSpan.FromTicks(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _network.Time.Advance(TimeSpan.Zero), Throws.InvalidOperationException);
    }

    [Test]
    public void WhatAReceiverThrowsEndsTheRun()
    {
        _network.AddPeers(10);
        IDatagramTransport broken = _network.CreateTransport(), sender = _network.CreateTransport();
        broken.Start(new BrokenReceiver());
        sender.Start(new BrokenReceiver());
        Assert.That(sender.Send("hello"u8, broken.LocalEndPoint), Is.True);
        Assert.That(() => _network.AdvanceAsync(TimeSpan.FromSeconds(1)), Throws.TypeOf<FormatException>());
    }

    [Test]
    public async Task DisposalEndsRunsAndIsRepeatable()
    {
        TaskCompletionSource isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task run = _network.RunAsync(() =>
        {
            isRunning.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, _network.Time);
        }, Timeout.InfiniteTimeSpan);
        await isRunning.Task;
        _network.Dispose();
        _network.Dispose();
        Assert.That(() => run, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _network.AddPeers(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _network.AdvanceAsync(TimeSpan.Zero), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task ATransportStartsOnceAndLeavesForGood()
    {
        IDatagramTransport transport = _network.CreateTransport();
        Assert.That(transport.Send("x"u8, new PeerEndPoint(0x01020304, 5)), Is.False, "not yet started");
        transport.Start(new BrokenReceiver());
        Assert.That(() => transport.Start(new BrokenReceiver()), Throws.InvalidOperationException);
        Assert.That(transport.Send(new byte[1473], new PeerEndPoint(0x01020304, 5)), Is.False, "too long");
        await transport.DisposeAsync();
        await transport.DisposeAsync();
        Assert.That(transport.Send("x"u8, new PeerEndPoint(0x01020304, 5)), Is.False);
        Assert.That(() => transport.Start(new BrokenReceiver()), Throws.TypeOf<ObjectDisposedException>());
    }

    private sealed class BrokenReceiver : IDatagramReceiver
    {
        public void BeginBatch() { }

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply) => throw new FormatException("mine");

        public void EndBatch() { }
    }
}
