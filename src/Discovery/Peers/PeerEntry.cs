namespace Discovery.Peers;

/// <summary>A verified peer as the registry keeps it; a change makes another one.</summary>
/// <param name="Serial">Tells peers of one score and time apart, so that their order is total.</param>
/// <param name="Record">What the peer says.</param>
/// <param name="Info">What an application sees.</param>
/// <param name="Quality">What was measured.</param>
internal sealed record PeerEntry(long Serial, PeerRecord Record, PeerInfo Info, PeerQuality Quality)
{
    /// <summary>Best first: the higher score, then the one verified later.</summary>
    public static readonly IComparer<PeerEntry> BestFirst = Comparer<PeerEntry>.Create(static (left, right) =>
    {
        int order = right.Info.Score.CompareTo(left.Info.Score);
        if (order == 0)
            order = right.Info.LastSeen.CompareTo(left.Info.LastSeen);
        return order == 0 ? left.Serial.CompareTo(right.Serial) : order;
    });

    /// <summary>Where the key was proven over IPv4; always one of the record's end points.</summary>
    public PeerEndPoint? ProvenIPv4 { get; init; }

    /// <summary>Where the key was proven over IPv6; always one of the record's end points.</summary>
    public PeerEndPoint? ProvenIPv6 { get; init; }

    /// <summary>Where the peer says it is among round-trip times; null when it does not say.</summary>
    public NetworkCoordinate? Coordinate { get; init; }

    /// <summary>Whether the application needs it.</summary>
    public bool IsInUse => Info.ConnectionState != PeerConnectionState.Disconnected;

    /// <summary>Takes up a newer record; null when the peer was proven at none of its end points.</summary>
    public PeerEntry? WithRecord(PeerRecord record)
    {
        PeerEndPoint? ipv4 = Keep(ProvenIPv4, record), ipv6 = Keep(ProvenIPv6, record);
        if ((ipv4 ?? ipv6) is not { } proven)
            return null;
        PeerInfo said = record.ToPeerInfo();
        PeerInfo info = Info with
        {
            EndPoints = [proven, .. record.EndPoints.Where(endPoint => endPoint != proven)],
            Capabilities = said.Capabilities,
            Region = said.Region,
            SupportedProtocols = said.SupportedProtocols,
            Capacity = said.Capacity,
            ServiceUris = said.ServiceUris,
            Record = said.Record,
        };
        return this with { Record = record, Info = info, ProvenIPv4 = ipv4, ProvenIPv6 = ipv6 };
    }

    /// <summary>Notes a proof at one of the record's end points.</summary>
    public PeerEntry WithProof(in PeerEndPoint proven)
    {
        PeerEndPoint first = proven;
        PeerEntry entry = proven.IsIPv4 ? this with { ProvenIPv4 = first } : this with { ProvenIPv6 = first };
        return entry.Info.EndPoints[0] == first ? entry : entry with { Info = entry.Info with { EndPoints = [first, .. Record.EndPoints.Where(endPoint => endPoint != first)] } };
    }

    private static PeerEndPoint? Keep(PeerEndPoint? proven, PeerRecord record) => proven is { } endPoint && record.EndPoints.Contains(endPoint) ? proven : null;
}
