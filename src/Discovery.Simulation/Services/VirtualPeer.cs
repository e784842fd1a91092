using Discovery.Kademlia;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Services;

namespace Discovery.Simulation;

/// <summary>A peer of a <see cref="SimulatedNetwork"/> that costs little: it takes part in the DHT, is announced there, and proves its key to whoever asks. It looks for nobody itself.</summary>
public sealed class VirtualPeer
{
    private volatile bool _isUp = true;

    internal VirtualPeer(KademliaHost host, VirtualMember member, DiscoveryOptions profile) => (Host, Member, Capabilities, Region) = (host, member, profile.Capabilities, profile.Region);

    /// <summary>Its key.</summary>
    public PeerId Id => Member.Id;

    /// <summary>Where it is reached: a public address of its own.</summary>
    public PeerEndPoint EndPoint => Member.EndPoint;

    /// <summary>What it offers.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>Where it says it is; null when it does not say.</summary>
    public string? Region { get; }

    /// <summary>Whether it lives: see <see cref="SimulatedNetwork.Kill"/> and <see cref="SimulatedNetwork.Revive"/>.</summary>
    public bool IsUp => _isUp;

    /// <summary>What runs it, or ran it last.</summary>
    internal KademliaHost Host { get; private set; }

    internal VirtualMember Member { get; }

    /// <summary>When it went down last.</summary>
    internal TimeSpan DownSince { get; private set; }

    /// <summary>What it knew when it went down.</summary>
    internal SnapshotNode[] Saved { get; private set; } = [];

    internal void GoDown(TimeSpan now) => (_isUp, DownSince, Saved) = (false, now, Host.Node.Snapshot());

    internal void ComeBack(KademliaHost host) => (_isUp, Host) = (true, host);

    /// <summary>Its id and end point.</summary>
    public override string ToString() => $"{Id} {EndPoint}";
}
