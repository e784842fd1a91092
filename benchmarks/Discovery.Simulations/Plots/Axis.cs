using System.Globalization;

namespace Discovery.Simulations.Plots;

/// <summary>A place on an axis that is marked.</summary>
internal readonly record struct Tick(double Value, string Label);

/// <summary>One direction of a plot: from which value to which it goes, and what is marked on it. It begins and ends at round values.</summary>
internal sealed class Axis
{
    private const int Intervals = 5;
    private const double Rounding = 1e-9;

    private Axis(string title, double min, double max, bool isLogarithmic, IReadOnlyList<Tick> ticks) => (Title, Min, Max, IsLogarithmic, Ticks) = (title, min, max, isLogarithmic, ticks);

    public string Title { get; }

    public double Min { get; }

    public double Max { get; }

    public bool IsLogarithmic { get; }

    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>An even axis that holds two values, with about five intervals of 1, 2 or 5 times a power of ten.</summary>
    public static Axis Linear(string title, double min, double max, Func<double, string>? label = null)
    {
        if (max <= min)
            max = min + 1;
        double step = NiceStep((max - min) / Intervals);
        double first = Math.Floor(min / step + Rounding), last = Math.Ceiling(max / step - Rounding);
        List<Tick> ticks = [];
        for (double i = first; i <= last; i++)
            ticks.Add(new(i * step, (label ?? Plain)(i * step)));
        return new(title, first * step, last * step, false, ticks);
    }

    /// <summary>A logarithmic axis that holds two positive values. Few decades are marked at 1, 2 and 5 times their powers of ten.</summary>
    public static Axis Logarithmic(string title, double min, double max)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(min);
        double[] digits = Math.Log10(max / min) > 2.5 ? [1] : [1, 2, 5];
        List<Tick> ticks = [];
        for (int decade = (int)Math.Floor(Math.Log10(min)); ; decade++)
            foreach (double digit in digits)
            {
                double value = digit * Math.Pow(10, decade);
                // The last tick that is not above the least value is where the axis begins.
                if (value <= min * (1 + Rounding))
                    ticks.Clear();
                ticks.Add(new(value, Plain(value)));
                if (value >= max * (1 - Rounding) && ticks.Count > 1)
                    return new(title, ticks[0].Value, value, true, ticks);
            }
    }

    /// <summary>An axis of whole numbers, on which bars have their room.</summary>
    public static Axis Counts(string title, int min, int max)
    {
        int step = (int)Math.Max(1, NiceStep((max - min) / 20.0));
        return new(title, min - 0.6, max + 0.6, false, [.. Enumerable.Range(min, max - min + 1).Where(value => value % step == 0).Select(static value => new Tick(value, Plain(value)))]);
    }

    /// <summary>Where a value lies: 0 at the beginning of the axis, 1 at its end. What lies outside is moved to the border.</summary>
    public double Part(double value)
    {
        value = Math.Clamp(value, Min, Max);
        return IsLogarithmic ? Math.Log(value / Min) / Math.Log(Max / Min) : (value - Min) / (Max - Min);
    }

    /// <summary>A number with its thousands apart.</summary>
    public static string Plain(double value) => Math.Round(value, 6).ToString("#,0.######", CultureInfo.InvariantCulture).Replace(',', ' ');

    private static double NiceStep(double step)
    {
        if (step <= 0)
            return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power * (step / power) switch { <= 1 + Rounding => 1, <= 2 + Rounding => 2, <= 5 + Rounding => 5, _ => 10 };
    }
}
