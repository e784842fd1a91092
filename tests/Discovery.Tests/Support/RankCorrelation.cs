namespace Discovery.Tests.Support;

/// <summary>How well two orders agree.</summary>
internal static class RankCorrelation
{
    /// <summary>Spearman's coefficient: 1 for the same order, 0 for unrelated ones, -1 for opposite ones.</summary>
    public static double Spearman(double[] left, double[] right)
    {
        double[] a = Ranks(left), b = Ranks(right);
        double meanA = a.Average(), meanB = b.Average();
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum() / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    // Equals share the mean of their ranks.
    private static double[] Ranks(double[] values) => [.. values.Select(value => values.Count(other => other < value) + (values.Count(other => other == value) - 1) / 2.0)];
}
