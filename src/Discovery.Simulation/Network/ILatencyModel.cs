namespace Discovery.Simulation;

/// <summary>How far any two hosts are from each other.</summary>
public interface ILatencyModel
{
    /// <summary>The round-trip time of two addresses without jitter. It must be a pure function, the same in both directions; ports play no part.</summary>
    TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right);
}
