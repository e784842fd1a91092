namespace Discovery;

/// <summary>What a layer is asked to look for.</summary>
public sealed record PeerQuery
{
    /// <summary>How many peers are still missing: a hint for how hard to look, at least 1. A layer may yield more. <value>Default <see cref="int.MaxValue"/>: as many as there are.</value></summary>
    public int Count
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = int.MaxValue;

    /// <summary>What the peers must meet. A layer may use it to look in fewer places; the service checks it on every verified peer. <value>Default: any peer.</value></summary>
    public PeerFilter Filter { get; init; } = new();

    /// <summary>The topic to look under: that of the filter's capability, or the network's.</summary>
    public required NodeId Topic { get; init; }

    /// <summary>The one peer to find. <value>Default null: any that matches.</value></summary>
    public PeerId? Peer { get; init; }
}
