using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Adversaries;

/// <summary>A node whose id is made to measure for whatever it is asked.</summary>
internal sealed class MaskHost(PeerEndPoint endPoint, Conspiracy conspiracy) : AdversaryHost(endPoint, conspiracy)
{
    private const int LeastPrefix = 24, PrefixSpan = 32;

    private readonly Dictionary<PeerEndPoint, NodeId> _shown = [];

    /// <summary>What it calls itself when it is asked for a target: as near as nobody is by chance.</summary>
    public NodeId MadeFor(in NodeId target)
    {
        SimulationRandom random = new(SimulationRandom.Mix(target.High ^ EndPoint.LowBits) + (ulong)EndPoint.Port);
        return target.RandomAtPrefix(LeastPrefix + random.Next(PrefixSpan), random);
    }

    protected override NodeId Id(in PeerEndPoint to, NodeId? target)
    {
        // Whoever comes back without a target sees the id that he knows.
        if (target is { } wanted)
            _shown[to] = MadeFor(wanted);
        return _shown.TryGetValue(to, out NodeId id) ? id : MadeFor(default);
    }
}
