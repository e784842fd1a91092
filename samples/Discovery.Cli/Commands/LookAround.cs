namespace Discovery.Cli.Commands;

/// <summary>Looks for the peers that a filter wants, for as long as a command runs.</summary>
/// <remarks>In place of the service's own searches (<see cref="DiscoveryTiming.DiscoverInterval"/>), which look for anybody: this one walks to where those of a capability or a region are announced.</remarks>
internal static class LookAround
{
    /// <summary>Peers that start together find each other within seconds; later a walk a minute is no burden to anybody.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1), s_longestPause = TimeSpan.FromMinutes(1);

    /// <summary>Whatever a round comes to is an event of the service, so that nothing is to be done with what it yields.</summary>
    public static async Task RunAsync(IDiscoveryService service, PeerFilter? filter, CancellationToken cancellationToken)
    {
        TimeSpan pause = s_firstPause;
        while (true)
        {
            // As long as nobody of the network has answered there is nobody to ask.
            if (service.GetHealth().Status != DiscoveryStatus.Unhealthy)
            {
                await foreach (PeerInfo peer in service.FindPeersAsync(filter, cancellationToken))
                    _ = peer;
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
            await Task.Delay(pause, cancellationToken);
        }
    }
}
