namespace Discovery.Peers;

/// <summary>Room is good: (1 − load) × the mean over what is known of x / (x + h), with h = 10 Mbit/s of bandwidth, 100 connections and 10 GiB of storage; 0.5 for the mean when nothing is known.</summary>
/// <remarks>
/// What was observed goes before what is claimed, and a claim alone moves its part only half the way from 0.5: a peer that says it has everything gets at most 0.75. Load is taken from a claim too,
/// for who claims to be busy says so against itself.
/// </remarks>
internal sealed class CapacityScorer : IPeerScorer
{
    private const double HalfBandwidth = 10_000, HalfConnections = 100, HalfStorage = 10 * 1024;

    public string Name => "capacity";

    public double Score(PeerInfo peer)
    {
        PeerCapacity? seen = peer.ObservedCapacity, said = peer.Capacity;
        double sum = 0;
        int parts = 0;
        Add(seen?.BandwidthKbps, said?.BandwidthKbps, HalfBandwidth, ref sum, ref parts);
        Add(seen?.Connections, said?.Connections, HalfConnections, ref sum, ref parts);
        Add(seen?.StorageMiB, said?.StorageMiB, HalfStorage, ref sum, ref parts);
        double free = 1 - (seen?.LoadPercent ?? said?.LoadPercent ?? 0) / 100.0;
        return free * (parts > 0 ? sum / parts : 0.5);
    }

    private static void Add(long? seen, long? said, double half, ref double sum, ref int parts)
    {
        if ((seen ?? said) is not { } amount)
            return;
        double part = amount / (amount + half);
        sum += seen is null ? 0.5 + (part - 0.5) / 2 : part;
        parts++;
    }
}
