using Discovery.Simulation;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation;

/// <summary>Whoever wants a simulation to end does not wait for its virtual time to pass.</summary>
public sealed class CancellationTests
{
    [Test]
    public void AMomentThatNeverEndsIsEnded()
    {
        using CancellationTokenSource stopping = new();
        VirtualInternet internet = new(1) { CancellationToken = stopping.Token };
        int calls = 0;
        Again();
        Assert.That(() => internet.RunUntil(TimeSpan.FromSeconds(1)), Throws.InstanceOf<OperationCanceledException>());
        Again();
        Assert.That(() => internet.RunUntil(static () => false, TimeSpan.FromSeconds(1)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(internet.Now, Is.EqualTo(TimeSpan.Zero));

        void Again() => internet.At(TimeSpan.Zero, () =>
        {
            if (++calls == 5000)
                stopping.Cancel();
            Again();
        });
    }

    [Test]
    public void ARunIsEndedWithinAStormOfEvents()
    {
        using CancellationTokenSource one = new(), many = new();
        Scenario scenario = Scenario.Create("storm").WithNodes(20).WithKeys(1).WithLookups(5, TimeSpan.FromSeconds(10));
        Assert.That(() => Simulator.Run(scenario.At(TimeSpan.FromSeconds(1), Storm(one)), 1, cancellationToken: one.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => Simulator.RunSeeds(scenario.At(TimeSpan.FromSeconds(1), Storm(many)), 1, 2, 2, cancellationToken: many.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>One moment that has no end.</summary>
    private static Sabotage Storm(CancellationTokenSource stopping)
    {
        return new("storm", Blow);

        void Blow(DhtWorld world)
        {
            stopping.Cancel();
            world.Internet.At(world.Now, () => Blow(world));
        }
    }

    [Test]
    public void AnAttackIsEndedWhileItIsStillBeingMade()
    {
        using CancellationTokenSource stopping = new(TimeSpan.FromMilliseconds(500));
        Scenario scenario = Scenario.Create("flood").WithNodes(20).WithKeys(1).WithLookups(5, TimeSpan.FromSeconds(10)).At(TimeSpan.Zero, new QueryFlood(100, 10_000, 100_000));
        Assert.That(() => Simulator.Run(scenario, 1, cancellationToken: stopping.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void NothingBeginsWhenTheEndIsWantedAlready()
    {
        List<SimulationProgress> told = [];
        Assert.That(() => Simulator.Run(Scenario.Create("none").WithNodes(20), 1, progress: new Listener(told.Add), cancellationToken: new(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(told, Has.Count.EqualTo(1), "the beginning");
    }

    [Test]
    public void WhoCancelsWhenHeIsToldIsHeard()
    {
        using CancellationTokenSource stopping = new();
        Assert.That(() => Simulator.Run(Scenario.Create("told").WithNodes(5).WithKeys(1).WithLookups(1, TimeSpan.FromSeconds(1)), 1, progress: new Listener(progress =>
        {
            if (progress.Part > 0.5)
                stopping.Cancel();
        }), cancellationToken: stopping.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private sealed class Listener(Action<SimulationProgress> listen) : IProgress<SimulationProgress>
    {
        public void Report(SimulationProgress value) => listen(value);
    }
}
