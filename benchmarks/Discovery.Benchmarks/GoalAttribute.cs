namespace Discovery.Benchmarks;

/// <summary>The most a benchmark may take.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoalAttribute(double nanoseconds) : Attribute
{
    public double Nanoseconds => nanoseconds;

    /// <summary>The most it may allocate: nothing, unless its result is a new object.</summary>
    public long Bytes { get; set; }
}
