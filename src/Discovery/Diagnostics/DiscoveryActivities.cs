using System.Diagnostics;

namespace Discovery.Diagnostics;

/// <summary>The activity source "Discovery": one activity for each discovery and for each lookup, also those that a node makes of its own accord.</summary>
internal static class DiscoveryActivities
{
    public static readonly ActivitySource Source = new(DiscoveryMetrics.Name);
}
