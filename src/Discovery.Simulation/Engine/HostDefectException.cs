namespace Discovery.Simulation.Engine;

/// <summary>A host did what no host may do.</summary>
/// <param name="rule">What it has broken.</param>
/// <param name="message">How.</param>
internal sealed class HostDefectException(string rule, string message) : Exception(message)
{
    public string Rule => rule;
}
