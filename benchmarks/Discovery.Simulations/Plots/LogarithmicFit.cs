using System.Globalization;

namespace Discovery.Simulations.Plots;

/// <summary>The line a + b·log2(x) that is nearest to points, by least squares.</summary>
/// <param name="Constant">a.</param>
/// <param name="PerDoubling">b: what each doubling of x adds.</param>
/// <param name="Determination">R²: the part of the variation that the line explains; 1 when all points are on it.</param>
internal readonly record struct LogarithmicFit(double Constant, double PerDoubling, double Determination)
{
    /// <summary>The line through at least three different points; null when there are fewer.</summary>
    public static LogarithmicFit? Of(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Select(static point => point.X).Distinct().Count() < 3 || points.Any(static point => !double.IsFinite(point.Y)))
            return null;
        double meanX = points.Average(static point => Math.Log2(point.X)), meanY = points.Average(static point => point.Y);
        double xx = points.Sum(point => Square(Math.Log2(point.X) - meanX)), yy = points.Sum(point => Square(point.Y - meanY));
        double slope = points.Sum(point => (Math.Log2(point.X) - meanX) * (point.Y - meanY)) / xx;
        LogarithmicFit fit = new(meanY - slope * meanX, slope, 1);
        return fit with { Determination = yy == 0 ? 1 : 1 - points.Sum(point => Square(point.Y - fit.At(point.X))) / yy };
    }

    public double At(double x) => Constant + PerDoubling * Math.Log2(x);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Constant < 0 ? "−" : "")}{Math.Abs(Constant):0.##} {(PerDoubling < 0 ? '−' : '+')} {Math.Abs(PerDoubling):0.##}·log₂ n (R² {Determination:0.000})");

    private static double Square(double value) => value * value;
}
