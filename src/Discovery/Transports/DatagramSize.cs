namespace Discovery.Transports;

/// <summary>The sizes every transport keeps to.</summary>
internal static class DatagramSize
{
    /// <summary>The longest payload that crosses Ethernet in one IPv4 packet: 1500 bytes without the IP (20) and UDP (8) headers. Nothing longer is sent.</summary>
    public const int MaxSent = 1472;

    /// <summary>The longest payload that is received; anything longer is no message of ours.</summary>
    public const int MaxReceived = 2048;
}
