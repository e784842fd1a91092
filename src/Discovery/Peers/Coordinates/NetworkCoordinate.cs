using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Discovery.Peers;

/// <summary>Where a peer is in the space of round-trip times: the distance of two coordinates predicts the time between their peers (Dabek et al., "Vivaldi", 2004). In milliseconds.</summary>
/// <remarks>
/// On the wire, under the key <c>vc</c>: 11 numbers of IEEE 754 binary16, big-endian. The 8 components of <see cref="Position"/>, <see cref="Height"/> and <see cref="Adjustment"/> in
/// milliseconds, then <see cref="Error"/>. A number of 16 bits is exact to 0.05 %, a hundredth of what a prediction is worth.
/// </remarks>
internal readonly record struct NetworkCoordinate
{
    /// <summary>The components of a position.</summary>
    public const int Dimensions = 8;

    /// <summary>The bytes on the wire: 22.</summary>
    public const int Size = (Dimensions + 3) * sizeof(ushort);

    /// <summary>The longest position, height and adjustment, and the longest round trip that is learnt from. No two hosts of this planet are further apart.</summary>
    public const float MaxMilliseconds = 5000;

    /// <summary>The smallest height: 10 µs.</summary>
    public const float MinHeight = 0.01f;

    /// <summary>The error of one who knows nothing, and the largest.</summary>
    public const float MaxError = 1.5f;

    /// <summary>The smallest error: nobody's predictions are better than 1 %.</summary>
    public const float MinError = 0.01f;

    /// <summary>One who knows nothing.</summary>
    public static NetworkCoordinate Origin { get; } = new() { Height = MinHeight, Error = MaxError };

    /// <summary>Where the peer would be if only its way through the core of the network counted.</summary>
    public Vector256<float> Position { get; init; }

    /// <summary>What the peer's own access line adds to every way.</summary>
    public float Height { get; init; }

    /// <summary>The mean error that is left, to be added to every prediction (Lee et al., "On suitability of Euclidean embedding for host-based network coordinate systems", 2010).</summary>
    public float Adjustment { get; init; }

    /// <summary>The relative error to expect of a prediction: 0.01, certain, to 1.5, unknown.</summary>
    public float Error { get; init; }

    /// <summary>The distance in milliseconds without the adjustments: ‖a − b‖ + heights.</summary>
    public float Distance(in NetworkCoordinate other) => Length(Position - other.Position) + Height + other.Height;

    /// <summary>The round-trip time to expect: the distance and both adjustments, or the distance alone where they would leave nothing.</summary>
    public TimeSpan Predict(in NetworkCoordinate other) => TimeSpan.FromMilliseconds(PredictMilliseconds(other));

    /// <inheritdoc cref="Predict"/>
    public float PredictMilliseconds(in NetworkCoordinate other)
    {
        float distance = Distance(other), adjusted = distance + Adjustment + other.Adjustment;
        return adjusted > 0 ? adjusted : distance;
    }

    /// <summary>Writes the 22 bytes.</summary>
    /// <returns>False when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<byte> destination)
    {
        if (destination.Length < Size)
            return false;
        for (int i = 0; i < Dimensions; i++)
            Write(ref destination, Position[i]);
        Write(ref destination, Height);
        Write(ref destination, Adjustment);
        Write(ref destination, Error);
        return true;
    }

    /// <summary>Reads what <see cref="TryFormat"/> writes.</summary>
    /// <returns>False unless there are 22 bytes of numbers that are finite and in range.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out NetworkCoordinate coordinate)
    {
        coordinate = default;
        if (bytes.Length != Size)
            return false;
        Span<float> components = stackalloc float[Dimensions];
        for (int i = 0; i < Dimensions; i++)
            components[i] = Read(ref bytes);
        NetworkCoordinate read = new() { Position = Vector256.Create<float>(components), Height = Read(ref bytes), Adjustment = Read(ref bytes), Error = Read(ref bytes) };
        if (!read.IsValid)
            return false;
        coordinate = read;
        return true;
    }

    /// <summary>Whether every number is finite and in range. A comparison with NaN is false.</summary>
    public bool IsValid => Length(Position) <= MaxMilliseconds && Height is >= 0 and <= MaxMilliseconds && Adjustment is >= -MaxMilliseconds and <= MaxMilliseconds && Error is > 0 and <= MaxError;

    /// <summary>The length of a vector.</summary>
    public static float Length(Vector256<float> vector) => MathF.Sqrt(Vector256.Dot(vector, vector));

    private static void Write(ref Span<byte> destination, float value)
    {
        BinaryPrimitives.WriteHalfBigEndian(destination, (Half)value);
        destination = destination[sizeof(ushort)..];
    }

    private static float Read(ref ReadOnlySpan<byte> bytes)
    {
        float value = (float)BinaryPrimitives.ReadHalfBigEndian(bytes);
        bytes = bytes[sizeof(ushort)..];
        return value;
    }
}
