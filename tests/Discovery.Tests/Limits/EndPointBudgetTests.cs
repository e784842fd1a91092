using Discovery.Limits;

namespace Discovery.Tests.Limits;

public sealed class EndPointBudgetTests
{
    [Test]
    public void NewAddressesShareABudgetAndKnownOnesAreFree()
    {
        EndPointBudget budget = new(new() { NewAddressesPerSecond = 10, NewAddressBurst = 20 });
        for (uint i = 0; i < 20; i++)
            Assert.That(budget.TryContact(Host(i), TimeSpan.Zero, out _), Is.True);
        Assert.That(budget.TryContact(Host(20), TimeSpan.Zero, out TimeSpan retryAfter), Is.False);
        Assert.That(retryAfter, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(budget.TryContact(Host(3).WithPort(9), TimeSpan.Zero, out _), Is.True, "an address contacted before, whatever the port");
        Assert.That(budget.TryContact(Host(20), TimeSpan.FromMilliseconds(101), out _), Is.True);
        Assert.That(budget.TryContact(Host(21), TimeSpan.FromMilliseconds(101), out _), Is.False);
    }

    [Test]
    public void NoSecondSeesMoreThanFiveQueriesToOneAddress([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        EndPointBudget budget = new(new());
        List<TimeSpan> sent = [];
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 5000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 150));
            if (!budget.TryContact(Host(1), now, out TimeSpan retryAfter))
            {
                Assert.That(retryAfter, Is.InRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)));
                if (random.Next(2) == 0)
                    continue;
                now += retryAfter;
                Assert.That(budget.TryContact(Host(1), now, out _), Is.True, "after the time it was told");
            }
            sent.Add(now);
            if (sent.Count > 5)
                Assert.That(now - sent[^6], Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        }
        Assert.That(sent.Count, Is.GreaterThan(4 * now.TotalSeconds), "and nearly five when there is enough to ask");
    }

    [Test]
    public void OnLoopbackEveryProcessIsPacedByItself()
    {
        EndPointBudget budget = new(new());
        for (int port = 1; port <= 50; port++)
            Assert.That(budget.TryContact(new PeerEndPoint(0x7F000001, (ushort)port), TimeSpan.Zero, out _), Is.True);
    }

    [Test]
    public void MemoryIsBoundedAndFades()
    {
        EndPointBudget budget = new(new() { NewAddressesPerSecond = 1e6, NewAddressBurst = 1_000_000, MaxAddresses = 500 });
        for (uint i = 0; i < 10_000; i++)
            budget.TryContact(Host(i), TimeSpan.Zero, out _);
        Assert.That(budget.Count, Is.EqualTo(500));
        budget.TryContact(Host(1), TimeSpan.FromMinutes(3), out _);
        Assert.That(budget.Count, Is.EqualTo(1));
    }

    private static PeerEndPoint Host(uint number) => new(0x50000000u + number, 6881);
}
