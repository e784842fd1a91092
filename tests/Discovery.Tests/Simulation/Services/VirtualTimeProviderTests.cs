using Discovery.Simulation;

namespace Discovery.Tests.Simulation.Services;

public sealed class VirtualTimeProviderTests
{
    [Test]
    public void Timers_fire_in_due_order_at_the_moment_they_are_due()
    {
        VirtualTimeProvider time = new();
        List<(string, double)> fired = [];
        ITimer Timer(string name, double due, double period = -1) => time.CreateTimer(
            _ => fired.Add((name, time.Elapsed.TotalSeconds)), null, TimeSpan.FromSeconds(due), period < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));

        using ITimer c = Timer("c", 3), a = Timer("a", 1), b = Timer("b", 1), every = Timer("every", 0.5, 2), dead = Timer("dead", 2), moved = Timer("moved", 1), never = Timer("never", 100);
        dead.Dispose();
        Assert.That(dead.Change(TimeSpan.Zero, TimeSpan.Zero), Is.False);
        Assert.That(moved.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan), Is.True);
        time.Advance(TimeSpan.FromSeconds(2.5));
        time.Advance(TimeSpan.FromSeconds(2.5));

        Assert.That(fired, Is.EqualTo(new[] { ("every", 0.5), ("a", 1.0), ("b", 1.0), ("every", 2.5), ("c", 3.0), ("moved", 4.0), ("every", 4.5) }));
        Assert.That(time.GetUtcNow(), Is.EqualTo(new DateTimeOffset(2026, 1, 1, 0, 0, 5, TimeSpan.Zero)));
        Assert.That(time.GetElapsedTime(0), Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void A_callback_may_set_and_dispose_timers_but_not_advance()
    {
        VirtualTimeProvider time = new();
        List<double> fired = [];
        ITimer? inner = null;
        using ITimer victim = time.CreateTimer(_ => fired.Add(-1), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer outer = time.CreateTimer(
            _ =>
            {
                victim.Dispose();
                inner = time.CreateTimer(_ => fired.Add(time.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
                Assert.That(() => time.Advance(TimeSpan.FromSeconds(1)), Throws.InvalidOperationException);
            },
            null, TimeSpan.FromSeconds(1.5), Timeout.InfiniteTimeSpan);
        time.Advance(TimeSpan.FromSeconds(3));
        inner!.Dispose();
        Assert.That(fired, Is.EqualTo(new[] { 2.5 }));
    }

    [Test]
    public async Task The_base_class_library_waits_on_it()
    {
        VirtualTimeProvider time = new();
        Task delay = Task.Delay(TimeSpan.FromMinutes(5), time);
        using CancellationTokenSource cancel = new(TimeSpan.FromMinutes(6), time);
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.That(delay.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromTicks(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(cancel.IsCancellationRequested, Is.False);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(cancel.IsCancellationRequested, Is.True);
    }

    [Test]
    public async Task Threads_may_share_it()
    {
        VirtualTimeProvider time = new();
        int fired = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                using ITimer disposed = time.CreateTimer(_ => { }, null, TimeSpan.FromTicks(1), TimeSpan.FromTicks(1));
                time.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromTicks(i), Timeout.InfiniteTimeSpan);
                time.Advance(TimeSpan.FromTicks(1));
            }
        })));
        time.Advance(TimeSpan.FromTicks(1000));
        Assert.That(fired, Is.EqualTo(4000));
        Assert.That(time.Elapsed, Is.EqualTo(TimeSpan.FromTicks(5000)));
    }

    [Test]
    public void It_begins_when_it_is_told_to()
    {
        VirtualTimeProvider time = new(new DateTimeOffset(2030, 6, 1, 14, 0, 0, TimeSpan.FromHours(2)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(time.GetUtcNow(), Is.EqualTo(new DateTimeOffset(2030, 6, 1, 12, 0, 1, TimeSpan.Zero)));
        Assert.That(time.GetUtcNow().Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void A_callback_runs_in_the_context_in_which_its_timer_was_made()
    {
        VirtualTimeProvider time = new();
        AsyncLocal<string> context = new() { Value = "made" };
        string? seen = null;
        using ITimer timer = time.CreateTimer(_ => seen = context.Value, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        context.Value = "advanced";
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(seen, Is.EqualTo("made"));
    }

    [Test]
    public void A_timer_waits_no_longer_than_those_of_the_system()
    {
        VirtualTimeProvider time = new();
        TimeSpan longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
        using ITimer timer = Create(longest, longest);
        Assert.That(() => Create(longest + TimeSpan.FromTicks(1), longest), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("dueTime"));
        Assert.That(() => Create(longest, TimeSpan.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("period"));
        Assert.That(() => timer.Change(TimeSpan.FromMilliseconds(-2), longest), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("dueTime"));

        ITimer Create(TimeSpan dueTime, TimeSpan period) => time.CreateTimer(static _ => { }, null, dueTime, period);
    }
}
