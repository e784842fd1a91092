using System.Globalization;
using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>Refuses arguments of which no simulation can be made, under the name by which the caller knows them.</summary>
internal static class Check
{
    /// <summary>A value from one to another, both included; no number is not within.</summary>
    public static T Within<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string? name = null) where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{least} to {most} is possible."));

    /// <summary>A part of all: 0 to 1.</summary>
    public static double Part(double value, [CallerArgumentExpression(nameof(value))] string? name = null) => Within(value, 0, 1, name);

    /// <summary>A value that has a name, or flags that all have.</summary>
    public static T Known<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null) where T : struct, Enum =>
        // What has no name prints as a number.
        value.ToString() is var text && !char.IsAsciiDigit(text[0]) && text[0] != '-'
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{string.Join(", ", Enum.GetNames<T>())} are possible.");

    /// <summary>Something.</summary>
    public static T NotNull<T>(T? value, [CallerArgumentExpression(nameof(value))] string? name = null) where T : class => value ?? throw new ArgumentNullException(name);
}
