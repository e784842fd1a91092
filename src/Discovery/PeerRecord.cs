namespace Discovery;

/// <summary>What a peer says of itself, signed (PROTOCOL, "Peer record").</summary>
internal sealed partial class PeerRecord
{
    public const int MaxEndPoints = 8;
    public const int MaxCapabilities = 32;

    /// <summary>The longest capability in UTF-8 bytes; in our own records also the longest region and version.</summary>
    public const int MaxTextSize = 64;

    /// <summary>How far ahead of ours a signer's clock may be.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private PeerRecord(SignedItem item) => Item = item;

    /// <summary>The signed form, every unknown key included.</summary>
    public SignedItem Item { get; }

    public PeerId Id => Item.Key;

    /// <summary>1 to 8 usable ones, most preferred first.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Sorted by their UTF-8 bytes.</summary>
    public IReadOnlyList<string> Capabilities { get; private set; } = [];

    public DateTimeOffset Expires { get; private set; }

    public IReadOnlyList<string> SupportedProtocols { get; private set; } = [];

    public string? Region { get; private set; }

    /// <summary>Those of a scheme we know.</summary>
    public IReadOnlyList<Uri> ServiceUris { get; private set; } = [];

    public PeerCapacity? Capacity { get; private set; }

    /// <summary>What an application may see of it; nothing in it was measured.</summary>
    public PeerInfo ToPeerInfo() => new()
    {
        Id = Id,
        EndPoints = EndPoints,
        Capabilities = Capabilities,
        Region = Region,
        SupportedProtocols = SupportedProtocols,
        Capacity = Capacity,
        ServiceUris = ServiceUris,
        Record = Item,
    };

    public static bool IsServiceUri(Uri? uri) => uri is { IsAbsoluteUri: true } && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeWss);
}
