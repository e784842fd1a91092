namespace Discovery.Bootstrap;

/// <summary>The public entrances to the BitTorrent Mainline DHT. Used only when the application asks for them by name.</summary>
internal static class MainlineRouters
{
    /// <summary>Several operators, so that none of them is needed.</summary>
    public static IReadOnlyList<string> HostPorts { get; } =
    [
        "router.bittorrent.com:6881",
        "dht.transmissionbt.com:6881",
        "router.utorrent.com:6881",
        "dht.libtorrent.org:25401",
        "relay.pkarr.org:6881",
    ];

    public static IBootstrapSource CreateSource() => new EndPointBootstrapSource("mainline", [.. HostPorts]);
}
