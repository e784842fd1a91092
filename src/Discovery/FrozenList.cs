using System.Runtime.CompilerServices;

namespace Discovery;

/// <summary>Keeps what a caller hands over from changing afterwards.</summary>
internal static class FrozenList
{
    /// <summary>A copy that nobody can change.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items, [CallerArgumentExpression(nameof(items))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(items, name);
        return items.Count == 0 ? [] : [.. items];
    }
}
