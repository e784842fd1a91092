namespace Discovery.Simulation;

/// <summary>How far any two hosts are from each other.</summary>
public interface ILatencyModel
{
    /// <summary>The round-trip time of two addresses without jitter. It must be a pure function, the same in both directions; ports play no part.</summary>
    /// <returns>0 to 1 hour. Anything else ends the simulation with <see cref="InvalidOperationException"/>; who is out of reach is so by loss, a partition or a pulled plug.</returns>
    TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right);
}
