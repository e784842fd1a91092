namespace Discovery.Simulation;

/// <summary>Three quantiles.</summary>
/// <param name="P50">The median.</param>
/// <param name="P90">What nine in ten do not exceed.</param>
/// <param name="P99">What ninety-nine in a hundred do not exceed.</param>
public readonly record struct Quantiles(double P50, double P90, double P99)
{
    /// <summary>Of a set of values, by the nearest rank; NaN of an empty one.</summary>
    /// <exception cref="ArgumentNullException">There is no set.</exception>
    public static Quantiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. Check.NotNull(values).Order()];
        double At(double part) => sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(At(0.5), At(0.9), At(0.99));
    }
}
