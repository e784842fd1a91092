using Discovery.Service;

namespace Discovery.Tests.Service;

public sealed class FairSlotsTests
{
    [TestCase(1, ExpectedResult = 1)]
    [TestCase(2, ExpectedResult = 1)]
    [TestCase(3, ExpectedResult = 2)]
    [TestCase(64, ExpectedResult = 32)]
    public int ALaneAloneGetsHalf(int count) => Enter(new(count), "crowd", 1000).Count(static entry => entry.IsCompletedSuccessfully);

    [Test]
    public void ThereIsAlwaysOneForALaneThatHasNone()
    {
        FairSlots slots = new(64);
        Enter(slots, "crowd", 1000);
        Enter(slots, "another", 1000);
        Assert.That(Enter(slots, "small", 3), Is.All.Property(nameof(Task.IsCompletedSuccessfully)).True);
    }

    [Test]
    public async Task WhoWaitsFirstGoesFirstAndTheOneThatHoldsTheFewestBeforeOthers()
    {
        FairSlots slots = new(2);
        Task[] crowd = Enter(slots, "crowd", 3), small = Enter(slots, "small", 1);
        Assert.That(Done(crowd) + Done(small), Is.EqualTo("1001"));
        slots.Leave("crowd");
        await crowd[1];
        slots.Leave("small");
        Task late = slots.EnterAsync("late", CancellationToken.None);
        Assert.That(Done(crowd) + Done(late), Is.EqualTo("1101"));
        slots.Leave("crowd");
        slots.Leave("late");
        await crowd[2];
    }

    [Test]
    public async Task WhoLeavesWhileWaitingTakesNoSlot()
    {
        FairSlots slots = new(1);
        Task held = slots.EnterAsync("a", CancellationToken.None);
        using CancellationTokenSource leaving = new();
        Task left = slots.EnterAsync("b", leaving.Token), next = slots.EnterAsync("c", CancellationToken.None);
        await leaving.CancelAsync();
        Assert.That(async () => await left, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((held.IsCompleted, next.IsCompleted), Is.EqualTo((true, false)));
        slots.Leave("a");
        await next;
    }

    [Test]
    public async Task NeverAreThereTooManyAndNobodyWaitsForEver([Values(1, 2, 7, 64)] int count)
    {
        FairSlots slots = new(count);
        int inside = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(number => Task.Run(async () =>
        {
            using CancellationTokenSource leaving = new();
            string lane = $"{number % 5}";
            Task entry = slots.EnterAsync(lane, leaving.Token);
            if (number % 7 == 0)
                await leaving.CancelAsync();
            await entry.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!entry.IsCompletedSuccessfully)
                return;
            int now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            slots.Leave(lane);
        })));
        Assert.That(most, Is.InRange(1, count));
        Assert.That(Enter(slots, "after", 1)[0].IsCompletedSuccessfully, "all were given back");
    }

    private static Task[] Enter(FairSlots slots, string lane, int count) => [.. Enumerable.Range(0, count).Select(_ => slots.EnterAsync(lane, CancellationToken.None))];

    private static string Done(params Task[] entries) => string.Concat(entries.Select(static entry => entry.IsCompleted ? '1' : '0'));

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
                return;
    }
}
