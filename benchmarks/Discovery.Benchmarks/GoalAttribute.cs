namespace Discovery.Benchmarks;

/// <summary>The most a benchmark may take; it must never allocate.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoalAttribute(double nanoseconds) : Attribute
{
    public double Nanoseconds => nanoseconds;
}
