using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Discovery.Peers;

namespace Discovery.Tests.Peers.Coordinates;

public sealed class NetworkCoordinateTests
{
    private static readonly NetworkCoordinate Some = new() { Position = Vector256.Create(1f, -2, 3.5f, 40, 0, 0, -256, 8), Height = 5, Adjustment = -0.5f, Error = 0.25f };

    [Test]
    public void WhatIsWrittenIsRead()
    {
        byte[] wire = new byte[NetworkCoordinate.Size];
        Assert.That(Some.TryFormat(wire));
        Assert.That(NetworkCoordinate.TryParse(wire, out NetworkCoordinate read));
        Assert.That(read, Is.EqualTo(Some));
        Assert.That(Convert.ToHexString(wire), Is.EqualTo("3C00C00043005100" + "00000000DC004800" + "4500" + "B800" + "3400"), "binary16, big-endian");
        Assert.That(Some.TryFormat(new byte[NetworkCoordinate.Size - 1]), Is.False);
        Assert.That(NetworkCoordinate.Origin.TryFormat(wire) && NetworkCoordinate.TryParse(wire, out _));
    }

    [TestCase(0)]
    [TestCase(21)]
    [TestCase(23)]
    [TestCase(88)]
    public void AnotherLengthIsRefused(int length) => Assert.That(NetworkCoordinate.TryParse(new byte[length], out _), Is.False);

    [Test]
    public void NumbersOutOfRangeAreRefused([Range(0, 10)] int field, [Values(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 5004, -5004)] double value)
    {
        byte[] wire = new byte[NetworkCoordinate.Size];
        Some.TryFormat(wire);
        BinaryPrimitives.WriteHalfBigEndian(wire.AsSpan(field * 2), (Half)value);
        Assert.That(NetworkCoordinate.TryParse(wire, out NetworkCoordinate read), Is.False);
        Assert.That(read, Is.Default);
    }

    [Test]
    public void AHeightIsNotNegativeAndAnErrorIsNotZero()
    {
        Assert.That((Some with { Height = -0.01f }).IsValid, Is.False);
        Assert.That((Some with { Error = 0 }).IsValid, Is.False);
        Assert.That((Some with { Error = 1.6f }).IsValid, Is.False);
        Assert.That((Some with { Position = Vector256.Create(1800f) }).IsValid, Is.False, "the whole vector is too long");
    }

    [Test]
    public void ThePredictionIsTheDistanceAndTheAdjustments()
    {
        NetworkCoordinate a = new() { Position = Vector256.CreateScalar(30f), Height = 2, Error = 1 }, b = new() { Position = Vector256.Create(0f, 40, 0, 0, 0, 0, 0, 0), Height = 3, Adjustment = 4, Error = 1 };
        Assert.That(a.Predict(b).TotalMilliseconds, Is.EqualTo(50 + 2 + 3 + 4).Within(1e-4));
        Assert.That(b.Predict(a), Is.EqualTo(a.Predict(b)));
        Assert.That(a.Predict(b with { Adjustment = -100 }).TotalMilliseconds, Is.EqualTo(55).Within(1e-4), "never below zero");
    }
}
