using System.Runtime.Intrinsics;
using Discovery.Peers;

namespace Discovery.Tests.Peers.Coordinates;

public sealed class CoordinateTrackerTests
{
    private const int Rounds = 400;

    [Test]
    public void APlaneIsLearnt([Values(1, 2, 3)] int seed)
    {
        double[,] matrix = CoordinateWorld.Plane(seed);
        CoordinateWorld world = new(seed, (a, b) => matrix[a, b]);
        world.Run(Rounds);
        double error = world.MedianError(matrix);
        TestContext.Out.WriteLine($"median relative error {error:P1}");
        Assert.That(error, Is.LessThanOrEqualTo(0.10));
    }

    [Test]
    public void APlaneIsLearntFromANoisyMatrix([Values(1, 2, 3)] int seed)
    {
        double[,] matrix = CoordinateWorld.Plane(seed), noisy = (double[,])matrix.Clone();
        Random random = new(seed);
        for (int a = 0; a < 200; a++)
            for (int b = a + 1; b < 200; b++)
                noisy[a, b] = noisy[b, a] = Math.Max(0.1, matrix[a, b] * (1 + 0.2 * Normal(random)));
        CoordinateWorld world = new(seed, (a, b) => noisy[a, b]);
        world.Run(Rounds);
        TestContext.Out.WriteLine($"median relative error {world.MedianError(noisy):P1}, against the plane beneath {world.MedianError(matrix):P1}");
        Assert.That(world.MedianError(noisy), Is.LessThanOrEqualTo(0.20));
        Assert.That(world.MedianError(matrix), Is.LessThanOrEqualTo(0.20));
    }

    [Test]
    public void APlaneIsLearntFromNoisyMeasurements()
    {
        double[,] matrix = CoordinateWorld.Plane(1);
        Random random = new(1);
        CoordinateWorld world = new(1, (a, b) => Math.Max(0.1, matrix[a, b] * (1 + 0.2 * Normal(random))));
        world.Run(Rounds);
        Assert.That(world.MedianError(matrix), Is.LessThanOrEqualTo(0.20));
    }

    [TestCase(0, TestName = "LiarsFarAway")]
    [TestCase(1, TestName = "LiarsAnywhere")]
    [TestCase(2, TestName = "LiarsWhoAnswerLate")]
    [TestCase(3, TestName = "LiarsFarAwayWhoAnswerLate")]
    public void LiarsMoveNobodyFar(int kind)
    {
        const int Liars = 40;
        double[,] matrix = CoordinateWorld.Plane(7);
        Random random = new(7);
        CoordinateWorld world = new(7, (a, b) => matrix[a, b], Liars);
        world.Run(Rounds);
        double honest = world.MedianError(matrix);
        NetworkCoordinate[] before = [.. Enumerable.Range(0, 200).Select(node => world[node])];
        world.Delay = kind >= 2 ? 2000 : 0;
        world.Say = coordinate => kind switch
        {
            0 or 3 => new() { Position = Vector256.CreateScalar(4900f), Height = NetworkCoordinate.MinHeight, Error = NetworkCoordinate.MinError },
            1 => new() { Position = Vector256.Create((float)(random.NextDouble() - 0.5)) * 3000, Height = random.NextSingle() * 3000, Adjustment = random.NextSingle() * -3000, Error = NetworkCoordinate.MinError },
            _ => coordinate with { Error = NetworkCoordinate.MinError },
        };
        world.Run(Rounds);
        double moved = Enumerable.Range(Liars, 200 - Liars).Max(node => NetworkCoordinate.Length(world[node].Position - before[node].Position));
        TestContext.Out.WriteLine($"median relative error {honest:P1} before, {world.MedianError(matrix):P1} after; moved at most {moved:F0} ms");
        Assert.That(world.MedianError(matrix), Is.LessThanOrEqualTo(0.20));
        Assert.That(moved, Is.LessThan(100), "half the width of the plane");
    }

    [Test]
    public void LiarsWhoCreepMoveNobodyFar([Values(10, 20)] int liars, [Values] bool fromTheStart)
    {
        double[,] matrix = CoordinateWorld.Plane(7);
        CoordinateWorld world = new(7, (a, b) => matrix[a, b], liars);
        if (!fromTheStart)
            world.Run(Rounds);
        // As far as one may be off without being laughed at, away from whoever asks, always the same way, and very sure of it.
        world.SayTo = (asker, node) => new()
        {
            Position = world[asker].Position + Vector256.Create((float)(2.9 * matrix[asker, node]), 0, 0, 0, 0, 0, 0, 0),
            Height = NetworkCoordinate.MinHeight,
            Error = NetworkCoordinate.MinError,
        };
        world.Run(3 * Rounds);
        TestContext.Out.WriteLine($"{liars} liars of 200: median relative error {world.MedianError(matrix):P1}");
        Assert.That(world.MedianError(matrix), Is.LessThanOrEqualTo(fromTheStart ? 0.20 : 0.10));
    }

    [Test]
    public void AfterAMoveTheMajorityIsRight()
    {
        double[,] first = CoordinateWorld.Plane(1), second = CoordinateWorld.Plane(2);
        double[,] now = first;
        CoordinateWorld world = new(1, (a, b) => now[a, b]);
        world.Run(Rounds);
        now = second;
        world.Run(2 * Rounds);
        Assert.That(world.MedianError(second), Is.LessThanOrEqualTo(0.15));
    }

    [Test]
    public void TwoWhoStartAtOnePlaceFindTheirDistance()
    {
        CoordinateTracker a = new(new Random(1)), b = new(new Random(2));
        for (int i = 0; i < 100; i++)
        {
            Assert.That(a.Update(b.Current, TimeSpan.FromMilliseconds(50)));
            Assert.That(b.Update(a.Current, TimeSpan.FromMilliseconds(50)));
        }
        Assert.That(a.Current.Predict(b.Current).TotalMilliseconds, Is.EqualTo(50).Within(1));
        Assert.That(a.Current.Error, Is.LessThan(0.1));
    }

    [Test]
    public void NothingIsLearntFromNonsense()
    {
        CoordinateTracker tracker = new(new Random(1));
        Assert.Multiple(() =>
        {
            Assert.That(tracker.Update(default, TimeSpan.FromMilliseconds(1)), Is.False, "no coordinate at all");
            Assert.That(tracker.Update(NetworkCoordinate.Origin with { Height = float.NaN }, TimeSpan.FromMilliseconds(1)), Is.False);
            Assert.That(tracker.Update(NetworkCoordinate.Origin, TimeSpan.FromTicks(-1)), Is.False);
            Assert.That(tracker.Update(NetworkCoordinate.Origin, TimeSpan.FromSeconds(6)), Is.False);
            Assert.That(tracker.Update(NetworkCoordinate.Origin, TimeSpan.MaxValue), Is.False);
        });
        Assert.That(tracker.Current, Is.EqualTo(NetworkCoordinate.Origin));
        Assert.That(tracker.Update(NetworkCoordinate.Origin, TimeSpan.Zero), "a round trip too short to measure is one");
    }

    [Test]
    public void WhateverIsSaidTheCoordinateStaysValid()
    {
        Random random = new(3);
        CoordinateTracker tracker = new(new Random(4));
        byte[] wire = new byte[NetworkCoordinate.Size];
        int learnt = 0;
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(wire);
            if (NetworkCoordinate.TryParse(wire, out NetworkCoordinate said) && tracker.Update(said, TimeSpan.FromMilliseconds(random.NextDouble() * 6000)))
                learnt++;
            if (!tracker.Current.IsValid)
                Assert.Fail($"{tracker.Current} after {i} updates");
        }
        for (int i = 0; i < 10_000; i++)
        {
            NetworkCoordinate far = new() { Position = Vector256.CreateScalar((random.Next(2) * 2 - 1) * 4999f), Height = random.Next(2) * 4999, Error = 0.01f };
            tracker.Update(far, TimeSpan.FromMilliseconds(random.Next(2) * 4999));
            Assert.That(tracker.Current.IsValid);
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
