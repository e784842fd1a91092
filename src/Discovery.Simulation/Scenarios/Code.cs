using System.Globalization;

namespace Discovery.Simulation;

/// <summary>Values as C# expressions.</summary>
internal static class Code
{
    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of<T>(T value) where T : struct, Enum => string.Join(" | ", value.ToString().Split(", ").Select(static flag => $"{typeof(T).Name}.{flag}"));

    public static string Of(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A latency model.</summary>
    public static string Call(string model, params string[] arguments) => $"{nameof(LatencyModel)}.{model}({string.Join(", ", arguments)})";

    public static string Of(TimeSpan value) =>
        value == TimeSpan.Zero ? "TimeSpan.Zero"
        : value.Ticks % TimeSpan.TicksPerHour == 0 ? $"TimeSpan.FromHours({Of(value.TotalHours)})"
        : value.Ticks % TimeSpan.TicksPerMinute == 0 ? $"TimeSpan.FromMinutes({Of(value.TotalMinutes)})"
        : value.Ticks % TimeSpan.TicksPerSecond == 0 ? $"TimeSpan.FromSeconds({Of(value.TotalSeconds)})"
        : value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? $"TimeSpan.FromMilliseconds({Of(value.TotalMilliseconds)})"
        : $"TimeSpan.FromTicks({value.Ticks.ToString(CultureInfo.InvariantCulture)})";
}
