namespace Discovery.Simulation;

/// <summary>Something that must always hold, and did not.</summary>
/// <param name="Invariant">What should hold.</param>
/// <param name="At">When it did not: the time since the first lookup could begin.</param>
/// <param name="Detail">Where, and what was found instead.</param>
public sealed record BrokenInvariant(string Invariant, TimeSpan At, string Detail);
