using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Engine;

public sealed class EventQueueTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    // As long as the wheel reaches before it begins anew.
    private const long Turn = 8192 * Millisecond;

    private static List<SimulatedEvent> TakeAll(EventQueue queue, long limit = long.MaxValue)
    {
        List<SimulatedEvent> taken = [];
        while (queue.TryTake(limit, out SimulatedEvent next))
            taken.Add(next);
        return taken;
    }

    [Test]
    public void AnEmptyQueueGivesNothing()
    {
        EventQueue queue = new();
        Assert.That((queue.Count, queue.TryTake(long.MaxValue, out _)), Is.EqualTo((0, false)));
    }

    [TestCase(1UL, 10 * Millisecond, Description = "within a few slots of the wheel")]
    [TestCase(2UL, 20_000 * Millisecond, Description = "round the wheel, and beyond it")]
    [TestCase(3UL, 100 * Turn, Description = "mostly far away")]
    [TestCase(4UL, 3L, Description = "many at the same tick")]
    public void WhateverIsAddedAndTakenComesInOrder(ulong seed, long spread)
    {
        SimulationRandom random = new(seed);
        EventQueue queue = new();
        SortedSet<SimulatedEvent> reference = [];
        long now = 3_600_000 * Millisecond, added = 0;
        for (int step = 0; step < 30_000; step++)
        {
            if (random.Next(100) < (step / 5000 % 2 == 0 ? 60 : 40))
            {
                // Some are due already, as what a host wants at once is.
                long due = random.Next(20) == 0 ? now - random.NextInt64(2 * Millisecond) : now + random.NextInt64(spread);
                int subject = random.Next(), payload = random.Next();
                queue.Add(due, subject, payload);
                reference.Add(new(due, added++, subject, payload));
            }
            else
            {
                long limit = random.Next(4) == 0 ? now + random.NextInt64(spread) : long.MaxValue;
                SimulatedEvent expected = reference.Min;
                bool isThere = reference.Count > 0 && expected.Due <= limit;
                Assert.That(queue.TryTake(limit, out SimulatedEvent next), Is.EqualTo(isThere), $"step {step}");
                if (isThere)
                {
                    Assert.That(next, Is.EqualTo(expected), $"step {step}");
                    reference.Remove(expected);
                    now = Math.Max(now, expected.Due);
                }
                else if (limit != long.MaxValue)
                    now = limit;
            }
            Assert.That(queue.Count, Is.EqualTo(reference.Count), $"step {step}");
        }
        Assert.That(TakeAll(queue), Is.EqualTo(reference));
    }

    [Test]
    public void WhatIsDueAtOneMomentComesInTheOrderInWhichItWasAskedFor()
    {
        EventQueue queue = new();
        // The same moment by way of the heap of far ones, of the wheel, and of the slot that is being worked off.
        const long moment = Turn + 5 * Millisecond;
        queue.Add(moment, 0, 0);
        queue.Add(10 * Millisecond, 0, 100);
        Assert.That(queue.TryTake(long.MaxValue, out _), Is.True);
        queue.Add(moment, 0, 1);
        queue.Add(moment - 1, 0, 101);
        Assert.That(queue.TryTake(long.MaxValue, out SimulatedEvent before) && before.Payload == 101, Is.True);
        queue.Add(moment, 0, 2);
        Assert.That(TakeAll(queue).Select(static taken => taken.Payload), Is.EqualTo([0, 1, 2]));
    }

    [Test]
    public void TheLimitIsIncludedAndWhatComesAfterItStays()
    {
        EventQueue queue = new();
        foreach (long due in (long[])[Millisecond + 1, Millisecond, Turn * 3, 0])
            queue.Add(due, 0, (int)(due / Millisecond));
        Assert.That(TakeAll(queue, Millisecond - 1).Select(static taken => taken.Due), Is.EqualTo([0]));
        Assert.That(TakeAll(queue, Millisecond).Select(static taken => taken.Due), Is.EqualTo([Millisecond]));
        Assert.That(TakeAll(queue, Turn * 3 - 1).Select(static taken => taken.Due), Is.EqualTo([Millisecond + 1]));
        Assert.That(queue.Count, Is.EqualTo(1));
        Assert.That(TakeAll(queue, Turn * 3).Select(static taken => taken.Due), Is.EqualTo([Turn * 3]));
    }

    [Test]
    public void TheWheelTurnsAsOftenAsItMust()
    {
        EventQueue queue = new();
        // Always the slot before the own one, once round: the last that the wheel can hold.
        long due = 0;
        for (int i = 0; i < 20_000; i++)
        {
            queue.Add(due += Turn - Millisecond, i, 0);
            Assert.That(queue.TryTake(long.MaxValue, out SimulatedEvent next) && next.Due == due && next.Subject == i, Is.True);
        }
        // Exactly one turn ahead falls into the slot that is being worked off now: it must not come early.
        queue.Add(due + Turn, 1, 0);
        queue.Add(due + 1, 2, 0);
        Assert.That(TakeAll(queue).Select(static taken => taken.Subject), Is.EqualTo([2, 1]));
    }

    [Test]
    public void WhatIsNeverDueWaitsForEver()
    {
        EventQueue queue = new();
        queue.Add(TimeSpan.MaxValue.Ticks, 1, 0);
        queue.Add(7, 2, 0);
        Assert.That(TakeAll(queue, TimeSpan.MaxValue.Ticks - 1).Select(static taken => taken.Subject), Is.EqualTo([2]));
        Assert.That(TakeAll(queue).Select(static taken => taken.Subject), Is.EqualTo([1]));
    }
}
