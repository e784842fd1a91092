using Discovery.Kademlia;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Invariants;

namespace Discovery.Tests.Simulation.Invariants;

/// <summary>A check that nothing fails proves nothing: each rule is broken here on purpose.</summary>
public sealed class TableAuditTests
{
    private static readonly NodeId Own = default;
    private static readonly PeerEndPoint OwnEndPoint = PeerEndPoint.Parse("9.9.9.9:6881");

    private readonly SimulationRandom _random = new(1);

    [Test]
    public void ASoundTablePasses() => Assert.That(Check([Entry(0, "1.1.1.1:1"), Entry(1, "1.1.1.2:1"), Entry(1, "2.1.1.1:1")], [Entry(1, "3.1.1.1:1")]), Is.Null);

    [Test]
    public void TheOwnerIsNotInIt()
    {
        Assert.That(Check([new(Own, PeerEndPoint.Parse("1.1.1.1:1"))]), Does.EndWith("is the owner itself"));
        Assert.That(Check([Entry(0, OwnEndPoint.ToString())]), Does.EndWith("is the owner itself"));
    }

    [Test]
    public void NobodyIsThereTwice()
    {
        TableEntry entry = Entry(0, "1.1.1.1:1");
        Assert.That(Check([entry, new(entry.Id, PeerEndPoint.Parse("2.1.1.1:1"))]), Does.EndWith("is there twice"));
        Assert.That(Check([entry, Entry(1, "1.1.1.1:1")]), Does.EndWith("is there twice"));
        Assert.That(Check([entry], [entry]), Does.Contain("is there twice"));
    }

    [Test]
    public void NobodyIsThereWhoHasNeverAnswered()
    {
        TableEntry ghost = Entry(2, "1.1.1.1:1");
        Assert.That(Check([Entry(0, "2.1.1.1:1"), ghost], hasAnswered: (in TableEntry entry) => entry.Id != ghost.Id), Does.EndWith("has never answered"));
        Assert.That(Check([], [ghost], (in TableEntry entry) => false), Does.Contain("has never answered"));
    }

    [Test]
    public void BucketsAndSubnetsHaveLimits()
    {
        Assert.That(Check([.. Enumerable.Range(0, 9).Select(i => Entry(7, $"1.{i}.1.1:1"))]), Does.Contain("holds more than 8"));
        Assert.That(Check([], [.. Enumerable.Range(0, 9).Select(i => Entry(7, $"1.{i}.1.1:1"))]), Does.Contain("more than 8 nodes wait"));
        Assert.That(Check([.. Enumerable.Range(0, 3).Select(i => Entry(0, $"1.1.1.{i}:1"))]), Does.Contain("more than 2 of its subnet"));
        Assert.That(Check([.. Enumerable.Range(0, 11).Select(i => Entry(i, $"1.1.1.{i}:1"))]), Does.Contain("more than 10 of its subnet"));
        Assert.That(Check([Entry(0, "1.1.1.1:1"), Entry(1, "1.1.1.1:2")]), Does.EndWith("shares its address with another one"));
    }

    [Test]
    public void ItIsInOrder()
    {
        TableEntry far = Entry(0, "1.1.1.1:1"), near = Entry(5, "2.1.1.1:1");
        Assert.That(new TableAudit().Check(Own, OwnEndPoint, [far, near], [], static _ => 8, new(), static (in TableEntry entry) => true), Does.EndWith("is out of order"));
    }

    private TableEntry Entry(int bucket, string endPoint) => new(Own.RandomAtPrefix(bucket, _random), PeerEndPoint.Parse(endPoint));

    private static string? Check(TableEntry[] entries, TableEntry[]? replacements = null, TableAudit.Witness? hasAnswered = null) => new TableAudit().Check(Own, OwnEndPoint,
        [.. entries.OrderBy(static entry => entry.Id)], replacements ?? [], static _ => 8, new(), hasAnswered ?? (static (in TableEntry entry) => true));
}
