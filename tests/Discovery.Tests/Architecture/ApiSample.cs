#pragma warning disable CA1000, CA1051, CA1070, CS0067, CS0660, CS0661 // Only its declarations matter.

namespace Discovery.Tests.Architecture;

/// <summary>A type with a member of each kind, for the test of <see cref="PublicApi"/>.</summary>
public abstract class ApiSample<T> : IDisposable
    where T : class, new()
{
    public const string Name = "n";

    public ApiSample(string? text = null, int number = 7) => Console.WriteLine(text + number);

    public event EventHandler? Changed;

    public required int? Size { get; init; }

    internal int Hidden { get; set; }

    public IReadOnlyList<string?> this[int index] => [null];

    public static bool operator ==(ApiSample<T> left, ApiSample<T> right) => false;

    public static bool operator !=(ApiSample<T> left, ApiSample<T> right) => true;

    public Task<T?> RunAsync<TArgument>(TArgument argument, CancellationToken cancellationToken = default)
        where TArgument : struct => Task.FromResult<T?>(null);

    public void Print(params ReadOnlySpan<string> lines) => Console.WriteLine(lines.Length);

    public void Dispose() => GC.SuppressFinalize(this);

    public override string ToString() => "";

    protected abstract void Hook(ref int value, in long other, out byte[]? bytes);

    private protected void Inside() { }

    public enum Kind : byte
    {
        First = 1,
        Second = 2,
    }
}
