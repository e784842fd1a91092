using System.Collections.Frozen;

namespace Discovery;

/// <summary>What a peer must meet; all that is set must hold. The empty filter lets every peer through.</summary>
public sealed record PeerFilter
{
    /// <summary>One capability it must offer, compared exactly. <value>Default null: any. Layers look under this capability's topic instead of asking the whole network.</value></summary>
    public string? Capability { get; init; }

    /// <summary>Capabilities it must offer, all of them. <value>Default empty.</value></summary>
    public IReadOnlyList<string> Capabilities { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>The region it must be in, compared exactly. <value>Default null: any.</value></summary>
    public string? Region { get; init; }

    /// <summary>The least reliability, from 0 to 1. <value>Default 0. A peer never met before starts near 0.5.</value></summary>
    public double MinReliability
    {
        get;
        init
        {
            if (!(value is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(MinReliability), value, "0 to 1.");
            field = value;
        }
    }

    /// <summary>The longest round-trip time. <value>Default null: any. When set, a peer that was not measured does not pass.</value></summary>
    public TimeSpan? MaxRtt
    {
        get;
        init
        {
            if (value < TimeSpan.Zero)
                throw new ArgumentOutOfRangeException(nameof(MaxRtt), value, "Not negative.");
            field = value;
        }
    }

    /// <summary>A protocol version it must speak. <value>Default null: any.</value></summary>
    public string? Protocol { get; init; }

    /// <summary>Peers to leave out. <value>Default empty.</value></summary>
    public IReadOnlyCollection<PeerId> Exclude { get; init => field = value.ToFrozenSet(); } = FrozenSet<PeerId>.Empty;

    /// <summary>Anything else. <value>Default null. Called by any thread, often: it must be fast and must not throw.</value></summary>
    public Func<PeerInfo, bool>? Predicate { get; init; }

    /// <summary>Whether a peer meets all that is set.</summary>
    public bool Matches(PeerInfo peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return (Capability is null || Contains(peer.Capabilities, Capability))
            && (Region is null || peer.Region == Region)
            && (Protocol is null || Contains(peer.SupportedProtocols, Protocol))
            && peer.Reliability >= MinReliability
            && (MaxRtt is null || peer.Rtt <= MaxRtt)
            && OffersAll(peer)
            && (Exclude.Count == 0 || !Exclude.Contains(peer.Id))
            && Predicate?.Invoke(peer) != false;
    }

    private bool OffersAll(PeerInfo peer)
    {
        for (int i = 0; i < Capabilities.Count; i++)
            if (!Contains(peer.Capabilities, Capabilities[i]))
                return false;
        return true;
    }

    private static bool Contains(IReadOnlyList<string> texts, string wanted)
    {
        for (int i = 0; i < texts.Count; i++)
            if (texts[i] == wanted)
                return true;
        return false;
    }
}
