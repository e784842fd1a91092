using System.Diagnostics;
using Discovery.Simulation;
using Discovery.Simulation.Services;

namespace Discovery.Tests.Simulation.Services;

public sealed class ThreadPoolRestTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [SetUp]
    public void Calibrate() => ThreadPoolRest.Calibrate();

    [Test]
    public async Task WaitsForWhateverWorkCauses()
    {
        for (int round = 0; round < 50; round++)
        {
            int done = 0;
            await OffThePoolAsync(() =>
            {
                ThreadPool.UnsafeQueueUserWorkItem(Work, 100, preferLocal: false);
                return ThreadPoolRest.Wait(s_patience, afterWork: true, new());
            });
            Assert.That(done, Is.EqualTo(100));

            void Work(int left)
            {
                done++;
                if (left > 1)
                    ThreadPool.UnsafeQueueUserWorkItem(Work, left - 1, preferLocal: left % 2 == 0);
            }
        }
    }

    [Test]
    public async Task LosesPatienceWithAThreadThatIsKeptAndThenDoesNotCountIt()
    {
        using ManualResetEventSlim release = new();
        using ManualResetEventSlim kept = new();
        Task keeper = Task.Run(() =>
        {
            kept.Set();
            release.Wait();
        });
        try
        {
            await OffThePoolAsync(() =>
            {
                kept.Wait();
                Assert.That(ThreadPoolRest.Wait(TimeSpan.Zero, afterWork: true, new()), Is.False, "at first it counts");
                Assert.That(ThreadPoolRest.Wait(s_patience, afterWork: true, new()), Is.True, "it is known to be kept");
                return true;
            });
        }
        finally
        {
            release.Set();
            await keeper;
        }
        // Given back, it counts again.
        ThreadPoolRest.Calibrate();
        await WaitsForWhateverWorkCauses();
    }

    [Test]
    public async Task WorkIsWaitedForThoughTheHostHasGivenBackAThreadThatItKept()
    {
        using ManualResetEventSlim isKept = new(), isBegun = new(), release = new();
        Task keeper = Task.Run(() =>
        {
            isKept.Set();
            release.Wait();
        });
        WorkFlow flow = new();
        bool isDone = false;
        Assert.That(await OffThePoolAsync(() =>
        {
            isKept.Wait();
            ThreadPoolRest.Wait(TimeSpan.Zero, afterWork: true, flow);
            // One thread at work and one kept less look as if nothing had changed.
            Task.Run(() =>
            {
                flow.Enter();
                isBegun.Set();
                for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(300);)
                    Thread.SpinWait(100);
                isDone = true;
            });
            isBegun.Wait();
            release.Set();
            keeper.Wait();
            return ThreadPoolRest.Wait(s_patience, afterWork: true, flow) && isDone;
        }), Is.True);
    }

    [Test]
    public async Task AFlowKnowsWhoIsAtItAcrossAwaitsTimersAndThreads()
    {
        WorkFlow flow = new(), other = new();
        List<bool> seen = [flow.Threads == 0];
        await Task.Run(async () =>
        {
            flow.Enter();
            Look();
            // Whoever was at it before may not have left it yet: more than one is possible.
            await Task.Yield();
            Look();
            await Task.Run(async () =>
            {
                other.Enter();
                seen.Add(other.Threads == 1);
                await Task.Yield();
            });
            VirtualTimeProvider time = new();
            using ITimer timer = time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            time.Advance(TimeSpan.Zero);
            Thread thread = new(() => seen.Add(flow.Threads >= 2));
            thread.Start();
            thread.Join();

            void Look() => seen.Add(flow.Threads >= 1);
        });
        Assert.That(seen, Has.Count.EqualTo(6).And.All.True);
        Assert.That(await OffThePoolAsync(() => ThreadPoolRest.Wait(s_patience, afterWork: true, flow) && flow.Threads == 0 && other.Threads == 0), Is.True);
    }

    private static Task<bool> OffThePoolAsync(Func<bool> action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
