namespace Discovery.Limits;

/// <summary>What counts as one source when something is limited per address.</summary>
internal static class SourceKey
{
    /// <summary>An IPv4 address, the /64 that one IPv6 subscriber holds, or on loopback, where processes share one address, the end point itself.</summary>
    public static PeerEndPoint Of(in PeerEndPoint endPoint) =>
        endPoint.IsLoopback ? endPoint
        : endPoint.IsIPv4 || endPoint.IsPrivate ? endPoint.AddressKey
        : endPoint.SubnetKey;
}
