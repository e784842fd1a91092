using Discovery.Limits;
using Discovery.Simulation.Invariants;

namespace Discovery.Tests.Simulation.Invariants;

public sealed class RateAuditTests
{
    private static readonly PeerEndPoint Peer = PeerEndPoint.Parse("1.2.3.4:6881");

    [Test]
    public void SixQueriesToOneAddressWithinASecondAreTooMany()
    {
        RateAudit audit = new(new());
        for (int i = 0; i < 10; i++)
            audit.Sent(Peer.WithPort((ushort)(1 + i)), TimeSpan.FromMilliseconds(200 * i));
        Assert.That(audit.Excess, Is.Null);
        audit.Sent(Peer, TimeSpan.FromMilliseconds(1900));
        Assert.That(audit.Excess, Does.Contain("more than 5 queries to 1.2.3.4"));
    }

    [Test]
    public void TheBudgetOfNewAddressesIsKeptOrNot()
    {
        EndPointBudgetLimits limits = new();
        EndPointBudget budget = new(limits);
        RateAudit honest = new(limits), greedy = new(limits);
        TimeSpan now = TimeSpan.Zero;
        for (uint i = 0; i < 5000; i++, now += TimeSpan.FromMilliseconds(5))
        {
            PeerEndPoint stranger = new(0x0100_0000 + i, 6881);
            if (budget.TryContact(stranger, now, out _))
                honest.Sent(stranger, now);
            greedy.Sent(stranger, now);
        }
        Assert.That(honest.Excess, Is.Null);
        Assert.That(greedy.Excess, Does.Contain("new addresses"));
    }
}
