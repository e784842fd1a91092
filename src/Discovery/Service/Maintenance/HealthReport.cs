using Discovery.Layers;
using Discovery.Transports;

namespace Discovery.Service;

/// <summary>How far a service is in its life.</summary>
internal enum ServiceStage
{
    New,
    Started,
    Disposed,
}

/// <summary>Makes a judgement of what is known of the parts.</summary>
/// <remarks>
/// As <see cref="DiscoveryHealth.Status"/> says: having met nobody yet is no illness, losing everybody is one.
/// </remarks>
internal static class HealthReport
{
    /// <summary>A node of the table is asked every few seconds, so that longer silence means that none answers.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ReachedWithin = TimeSpan.FromHours(1);

    /// <param name="stage">Where in its life the service is.</param>
    /// <param name="sources">The sources, and the store if there is one.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="isSeed">Whether there is nobody to ask: no source, and nobody from an earlier run.</param>
    /// <param name="peers">The known peers in numbers.</param>
    /// <param name="isDeserted">Whether all peers that were known are lost.</param>
    /// <param name="node">The node; null before the start.</param>
    /// <param name="hasDht">Whether the node takes part in a DHT.</param>
    /// <param name="rates">Datagrams per minute.</param>
    public static DiscoveryHealth Create(ServiceStage stage, IEnumerable<PartMonitor> sources, IReadOnlyList<LayerPart> layers, bool isSeed, PeerStatistics peers, bool isDeserted, DhtNode? node, bool hasDht, (double Sent, double Received) rates)
    {
        DiscoveryPartHealth[] layerParts = [.. layers.Select(part => part.Monitor.Read(part.IsStarted && part.Layer is not IReadyLayer { IsReady: false }, (part.Layer as IReadyLayer)?.NotReadyReason, isSeed && part.IsStarted))];
        DiscoveryPartHealth[] parts = [.. sources.Select(static monitor => monitor.Read()), .. layerParts];
        bool isRunning = stage == ServiceStage.Started && node is not null, isDhtActive = isRunning && hasDht && node!.HasHeard(Silence);
        List<string> reasons = [];
        if (stage != ServiceStage.Started)
            reasons.Add(stage == ServiceStage.New ? "The service has not been started." : "The service has been disposed.");
        reasons.AddRange(parts.Where(static part => part.Status != DiscoveryStatus.Healthy).Select(static part => $"{part.Kind} {part.Name}: {part.LastError?.Message ?? "has not been of use yet"}"));
        if (layers.Count == 0)
            reasons.Add("There is no layer.");
        if (isRunning && hasDht && !isDhtActive && layers.Any(static part => part is { IsStarted: true, Layer: IReadyLayer { IsReady: true } }))
            reasons.Add($"No node of the DHT has answered for {Silence.TotalMinutes:0} minutes.");
        if (isRunning && peers is { Total: > 0, Alive: 0 })
            reasons.Add($"None of the {peers.Total} known peers answers.");
        if (isRunning && isDeserted)
            reasons.Add("All peers that were known are lost.");
        return new()
        {
            Status = stage != ServiceStage.Started || layerParts.All(static layer => layer.Status == DiscoveryStatus.Unhealthy) ? DiscoveryStatus.Unhealthy
                : reasons.Count > 0 ? DiscoveryStatus.Degraded : DiscoveryStatus.Healthy,
            Reasons = reasons,
            Parts = parts,
            KnownPeers = peers.Total,
            AlivePeers = peers.Alive,
            ConnectedPeers = peers.Connected,
            IsDhtActive = isDhtActive,
            Reachability = isRunning ? Judge(node!) : DiscoveryReachability.Unknown,
            SentPerMinute = Math.Round(rates.Sent, 1),
            ReceivedPerMinute = Math.Round(rates.Received, 1),
            TableSize = hasDht ? node?.TableSize ?? 0 : 0,
            LocalEndPoints = node?.LocalEndPoints ?? [],
            NodeIds = [.. new[] { node?.IdIPv4, node?.IdIPv6 }.OfType<NodeId>()],
        };
    }

    /// <summary>A stranger who got through proves that strangers do. An outside address that is not the machine's own shows that somebody translates it.</summary>
    private static DiscoveryReachability Judge(DhtNode node) => node.WasReached(ReachedWithin) ? DiscoveryReachability.Reachable
        : IsTranslated(node, ipv4: true) || IsTranslated(node, ipv4: false) ? DiscoveryReachability.BehindNat
        : DiscoveryReachability.Unknown;

    private static bool IsTranslated(DhtNode node, bool ipv4) =>
        node.ExternalAddress(ipv4) is { } external && !OwnEndPoints.Bound(node).Any(own => own.AddressKey == external.AddressKey);
}
