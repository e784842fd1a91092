namespace Discovery;

/// <summary>What a peer says of itself, signed (PROTOCOL, "Peer record").</summary>
internal sealed class PeerRecord
{
    public const int MaxEndPoints = 8;
    public const int MaxCapabilities = 32;
    public const int MaxTextSize = 64;

    public static bool IsServiceUri(Uri? uri) => uri is { IsAbsoluteUri: true } && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeWss);
}
