using System.Globalization;

namespace Discovery.Simulation;

/// <summary>Network conditions as the code that makes them.</summary>
internal static class NetworkConditionsCode
{
    /// <summary>The code of conditions that are as usual.</summary>
    public const string Usual = "new()";

    private static readonly NetworkConditions AsUsual = new();

    public static string ToCode(this NetworkConditions conditions)
    {
        List<string> set = [];
        Add(nameof(conditions.Latency), conditions.Latency.ToString(), AsUsual.Latency.ToString());
        Add(nameof(conditions.Jitter), Code.Of(conditions.Jitter), Code.Of(AsUsual.Jitter));
        Add(nameof(conditions.Loss), Code.Of(conditions.Loss), Code.Of(AsUsual.Loss));
        Add(nameof(conditions.Duplication), Code.Of(conditions.Duplication), Code.Of(AsUsual.Duplication));
        Add(nameof(conditions.Reordering), Code.Of(conditions.Reordering), Code.Of(AsUsual.Reordering));
        Add(nameof(conditions.ReorderingDelay), Code.Of(conditions.ReorderingDelay), Code.Of(AsUsual.ReorderingDelay));
        Add(nameof(conditions.Upload), Number(conditions.Upload), Number(AsUsual.Upload));
        Add(nameof(conditions.Download), Number(conditions.Download), Number(AsUsual.Download));
        Add(nameof(conditions.QueueSize), Number(conditions.QueueSize), Number(AsUsual.QueueSize));
        Add(nameof(conditions.LargestDatagram), Number(conditions.LargestDatagram), Number(AsUsual.LargestDatagram));
        Add(nameof(conditions.OneWay), Code.Of(conditions.OneWay), Code.Of(AsUsual.OneWay));
        return set.Count == 0 ? Usual : $"new() {{ {string.Join(", ", set)} }}";

        void Add(string property, string? value, string? usual)
        {
            if (value != usual)
                set.Add($"{property} = {value}");
        }
    }

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";
}
