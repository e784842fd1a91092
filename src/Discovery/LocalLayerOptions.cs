namespace Discovery;

/// <summary>How the layer <c>local</c> looks for peers on the same network.</summary>
public sealed record LocalLayerOptions
{
    /// <summary>The names of the network interfaces to use, such as <c>eth0</c>; one that is not there is used when it comes. <value>Default empty: all that are up and can multicast, but for loopback.</value></summary>
    public IReadOnlyList<string> Interfaces { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>How long after the first question a search waits for answers, and after every change of the interfaces. Larger than zero; more than an hour counts as an hour. <value>Default 1.5 s: time for a question that was lost to be asked again. Less misses peers on lossy networks; more delays searches that want more peers than there are.</value></summary>
    public TimeSpan LookTime
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(LookTime));
            field = value < TimeSpan.FromHours(1) ? value : TimeSpan.FromHours(1);
        }
    } = TimeSpan.FromSeconds(1.5);
}
