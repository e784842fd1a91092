using System.Diagnostics.Metrics;

namespace Discovery.Diagnostics;

/// <summary>The instruments of the meter "Discovery". They cost a comparison each while nobody listens.</summary>
internal static class DiscoveryMetrics
{
    public const string Name = "Discovery";

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> QueriesSent = Meter.CreateCounter<long>("discovery.queries.sent", "{query}", "Queries sent, by method and outcome (answered, error, timeout).");
    public static readonly Counter<long> QueriesReceived = Meter.CreateCounter<long>("discovery.queries.received", "{query}", "Queries received, by method and outcome (answered, or the error code).");
    public static readonly Counter<long> Dropped = Meter.CreateCounter<long>("discovery.datagrams.dropped", "{datagram}", "Datagrams dropped, by reason.");
    public static readonly Counter<long> Lookups = Meter.CreateCounter<long>("discovery.lookups", "{lookup}", "Lookups finished, by verb.");
    public static readonly Histogram<double> LookupDuration = Meter.CreateHistogram<double>("discovery.lookup.duration", "s", "Time from the first query of a lookup to its end, by verb.");
    public static readonly Counter<long> PeersDiscovered = Meter.CreateCounter<long>("discovery.peers.discovered", "{peer}", "Peers verified for the first time, by layer.");
    public static readonly Counter<long> Sightings = Meter.CreateCounter<long>("discovery.sightings", "{sighting}", "Sightings examined, by layer and outcome (Verified, NoAnswer, Forged …).");
    public static readonly Histogram<double> DiscoveryDuration = Meter.CreateHistogram<double>("discovery.duration", "s", "Time of a discovery, by strategy.");
    public static readonly UpDownCounter<long> TableSize = Meter.CreateUpDownCounter<long>("discovery.table.size", "{node}", "Nodes in the routing tables of this process, by family.");

    public static void CountQuerySent(string method, string outcome)
    {
        if (QueriesSent.Enabled)
            QueriesSent.Add(1, new("method", method), new KeyValuePair<string, object?>("outcome", outcome));
    }

    public static void CountQueryReceived(string method, int errorCode)
    {
        if (QueriesReceived.Enabled)
            QueriesReceived.Add(1, new("method", method), new KeyValuePair<string, object?>("outcome", errorCode == 0 ? "answered" : errorCode));
    }

    public static void CountDropped(string reason)
    {
        if (Dropped.Enabled)
            Dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    public static void CountSighting(string layer, string outcome) =>
        Sightings.Add(1, new("layer", layer), new KeyValuePair<string, object?>("outcome", outcome));

    public static void CountLookup(string verb, TimeSpan duration)
    {
        KeyValuePair<string, object?> tag = new("verb", verb);
        Lookups.Add(1, tag);
        LookupDuration.Record(duration.TotalSeconds, tag);
    }
}
