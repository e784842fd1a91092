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
                return ThreadPoolRest.Wait(s_patience);
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
                Assert.That(ThreadPoolRest.Wait(TimeSpan.Zero), Is.False, "at first it counts");
                Assert.That(ThreadPoolRest.Wait(s_patience), Is.True, "it is known to be kept");
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

    private static Task<bool> OffThePoolAsync(Func<bool> action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
