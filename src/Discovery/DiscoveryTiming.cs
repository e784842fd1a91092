namespace Discovery;

/// <summary>The periods and deadlines of the service. Each must be larger than zero; timers wait 40 days at the most, so that a longer one counts as 40 days.</summary>
public sealed record DiscoveryTiming
{
    /// <summary>The longest life of a record: 24 hours (PROTOCOL, "Peer record").</summary>
    public static readonly TimeSpan MaxRecordLifetime = TimeSpan.FromHours(24);

    // 2^32 ms less the jitter, and room for a sum of some.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    /// <summary>When a search that is still short of peers ends with what it has. <value>Default 10 s. Less loses far and slow peers.</value></summary>
    public TimeSpan DiscoveryTimeout { get; init => field = Positive(value, nameof(DiscoveryTimeout)); } = TimeSpan.FromSeconds(10);

    /// <summary>When the proof of one sighting, two round trips, is given up. <value>Default 5 s. Less loses far and lossy peers; more lets dead end points hold up a search.</value></summary>
    public TimeSpan IdentifyTimeout { get; init => field = Positive(value, nameof(IdentifyTimeout)); } = TimeSpan.FromSeconds(5);

    /// <summary>How long a proof is trusted: a peer verified less than this ago is used at once and without traffic. <value>Default 30 s. More saves traffic and finds more peers that are gone.</value></summary>
    public TimeSpan ProofLifetime { get; init => field = Positive(value, nameof(ProofLifetime)); } = TimeSpan.FromSeconds(30);

    /// <summary>How long the outcome of a search answers equal calls of <see cref="IDiscoveryService.DiscoverPeersAsync"/> without traffic, as long as everybody in it still matches and is not known to be gone.</summary>
    /// <value>Default 5 s. More saves traffic when calls come up short again and again; it also delays finding those who have come up since.</value>
    public TimeSpan ResultLifetime { get; init => field = Positive(value, nameof(ResultLifetime)); } = TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="DiscoveryStrategy.LocalFirst"/> waits for the layers of one scope before it asks the next too, and <see cref="DiscoveryStrategy.Balanced"/> for a scope that is short when there are peers enough.</summary>
    /// <value>Default 2 s. More gives slow layers their turn; less gives up on them sooner.</value>
    public TimeSpan ScopePatience { get; init => field = Positive(value, nameof(ScopePatience)); } = TimeSpan.FromSeconds(2);

    /// <summary>How long <see cref="DiscoveryStrategy.Hybrid"/>, once there are peers enough, waits for a better one; each better one is followed by another wait, all of them together last no longer than it took to get there, and one more. The other strategies wait so long for peers of other networks when those found are too much alike.</summary>
    /// <value>Default 250 ms: two round trips around the world. More finds better peers, less answers faster.</value>
    public TimeSpan HybridGrace { get; init => field = Positive(value, nameof(HybridGrace)); } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the start, and a search of the global layer, waits for a first contact. <value>Default 5 s. The service goes on looking for one for ever, whatever this says.</value></summary>
    public TimeSpan JoinTimeout { get; init => field = Positive(value, nameof(JoinTimeout)); } = TimeSpan.FromSeconds(5);

    /// <summary>How long a record of this peer is valid: at most 24 hours. <value>Default 1 h. After a crash others hold the dead end points for up to this long.</value></summary>
    public TimeSpan RecordLifetime
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxRecordLifetime, nameof(RecordLifetime));
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(1), nameof(RecordLifetime));
            field = value;
        }
    } = TimeSpan.FromHours(1);

    /// <summary>How often this peer is published anew, with ±10 % jitter so that peers started together do not publish together. Shorter than <see cref="RecordLifetime"/>.</summary>
    /// <value>Default 15 min: half the time that nodes commonly keep an announcement (BEP 5).</value>
    public TimeSpan AnnounceInterval { get; init => field = Positive(value, nameof(AnnounceInterval)); } = TimeSpan.FromMinutes(15);

    /// <summary>How often the bootstrap sources are read again, with ±10 % jitter. <value>Default 5 min. More delays coming back after all known contacts died.</value></summary>
    public TimeSpan RefreshBootstrapInterval { get; init => field = Positive(value, nameof(RefreshBootstrapInterval)); } = TimeSpan.FromMinutes(5);

    /// <summary>How often what is at <see cref="DiscoveryOptions.StatePath"/> and in <see cref="DiscoveryOptions.PeerStore"/> is written. <value>Default 5 min. It is also written on disposal; a crash loses at most this much.</value></summary>
    public TimeSpan SaveInterval { get; init => field = Positive(value, nameof(SaveInterval)); } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// In which time a tenth of the known peers, at least one, is measured, evenly over that time and so that everybody has a turn in ten times as long: how fast it is noticed that somebody is gone. Those who do
    /// not answer are asked again after a sixth of it, and are lost after three failures.
    /// </summary>
    /// <value>Default 30 s. Less costs traffic: n peers cost n / 10 pings in this time, at most <see cref="DiscoveryLimits.MaxSamplesPerRound"/>; with more than ten times those, turns come later. <see cref="TimeSpan.MaxValue"/> switches it off.</value>
    public TimeSpan SampleInterval { get; init => field = value == TimeSpan.MaxValue ? value : Positive(value, nameof(SampleInterval)); } = TimeSpan.FromSeconds(30);

    /// <summary>How often peers are forgotten whose record is over, or who are stale. <value>Default 30 s.</value></summary>
    public TimeSpan CleanUpInterval { get; init => field = Positive(value, nameof(CleanUpInterval)); } = TimeSpan.FromSeconds(30);

    /// <summary>How long a peer is known that does not prove its key again; it is asked to after half of that. <value>Default 1 h. More keeps peers that answer, but are no longer who they were.</value></summary>
    public TimeSpan StaleAfter { get; init => field = Positive(value, nameof(StaleAfter)); } = TimeSpan.FromHours(1);

    /// <summary>How often all scores are computed anew, because what was measured fades. <value>Default 5 min, ±10 %.</value></summary>
    public TimeSpan RescoreInterval { get; init => field = Positive(value, nameof(RescoreInterval)); } = TimeSpan.FromMinutes(5);

    /// <summary>How often the service looks for peers of its own accord, ±10 %. After the start, a change of the network, or the loss of the last peer it first does so after a second, then after twice as long each time.</summary>
    /// <value>Default 1 h. <see cref="TimeSpan.MaxValue"/> switches it off.</value>
    public TimeSpan DiscoverInterval { get; init => field = value == TimeSpan.MaxValue ? value : Positive(value, nameof(DiscoverInterval)); } = TimeSpan.FromHours(1);

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value < Longest ? value : Longest;
    }
}
