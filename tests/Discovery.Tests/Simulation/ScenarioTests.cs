using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

public sealed class ScenarioTests
{
    [Test]
    public void StepsAreKeptInTheOrderOfTime()
    {
        Scenario scenario = Scenario.Create("s").At(TimeSpan.FromSeconds(5), new Heal()).At(TimeSpan.FromSeconds(1), new Partition()).At(TimeSpan.FromSeconds(5), new MassKill(0.1));
        Assert.That(scenario.Steps.Select(static step => step.Fault), Is.EqualTo(new Fault[] { new Partition(), new Heal(), new MassKill(0.1) }));
    }

    [Test]
    public void AScenarioPrintsAsTheCodeThatMakesIt()
    {
        Scenario scenario = Scenario.Create("storm").WithNodes(50).WithLoss(0.02).WithChurn(new SessionLength.Exponential(TimeSpan.FromHours(1))).WithKeys(5).WithLookups(10, TimeSpan.FromMinutes(2))
            .At(TimeSpan.FromSeconds(1.5), new ClockSkew(0.1, 1.01)).At(TimeSpan.FromMinutes(1), new Restart(Moves: true));
        Assert.That(scenario.ToCode(), Is.EqualTo("""
            Scenario.Create("storm")
                .WithNodes(50)
                .WithConditions(new() { Loss = 0.02 })
                .WithChurn(new SessionLength.Exponential(TimeSpan.FromHours(1)))
                .WithKeys(5)
                .WithLookups(10, TimeSpan.FromMinutes(2))
                .At(TimeSpan.FromMilliseconds(1500), new ClockSkew(0.1, 1.01))
                .At(TimeSpan.FromMinutes(1), new Restart(Moves: true))
            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void TheCatalogueDescribesEachOfItsScenariosOnce()
    {
        Assert.That(ScenarioCatalog.All.Select(static scenario => scenario.Name), Is.Unique);
        Assert.That(ScenarioCatalog.All.Select(static scenario => scenario.Description), Has.None.Empty);
        Assert.That(ScenarioCatalog.Find("dead20")!.Nodes, Is.EqualTo(10_000));
        Assert.That(ScenarioCatalog.Find("none"), Is.Null);
    }
}
