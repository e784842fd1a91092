using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery;

/// <summary>How a service runs. Everything has a default that contacts nobody outside this machine.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Who this peer is. The caller keeps ownership: the service does not dispose it. <value>Default null: a new identity for every service, so that nobody recognizes the peer after a restart.</value></summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>Where to listen for datagrams: 1 to 8 end points, one socket each; port 0 takes a free port. <value>Default 127.0.0.1:0: only this machine. Listen on an outside address, or 0.0.0.0, to be found by others.</value></summary>
    /// <exception cref="ArgumentException">There are none or more than 8.</exception>
    public IReadOnlyList<IPEndPoint> Listen { get; init => field = Between(FrozenList.Of(value), 1, PeerRecord.MaxEndPoints, nameof(Listen)); } = [new(IPAddress.Loopback, 0)];

    /// <summary>What goes into this peer's record instead of the bound end points, most preferred first: for a peer behind a NAT with a forwarded port, or one that listens on 0.0.0.0. At most 8.</summary>
    /// <value>Default empty: the bound end points, and the external address once other nodes agree on it.</value>
    /// <exception cref="ArgumentException">There are more than 8.</exception>
    public IReadOnlyList<IPEndPoint> Advertised { get; init => field = Between(FrozenList.Of(value), 0, PeerRecord.MaxEndPoints, nameof(Advertised)); } = [];

    /// <summary>In which order layers are asked. <value>Default <see cref="DiscoveryStrategy.Hybrid"/>.</value></summary>
    public DiscoveryStrategy Strategy { get; init; } = DiscoveryStrategy.Hybrid;

    /// <summary>What this peer offers, in any order: at most 32 different strings of 1 to 64 UTF-8 bytes. Each is announced under a topic of its own. <value>Default empty.</value></summary>
    /// <exception cref="ArgumentException">There are too many, or one is empty, too long or double.</exception>
    public IReadOnlyList<string> Capabilities { get; init => field = CheckCapabilities(FrozenList.Of(value)); } = [];

    /// <summary>Where this peer is, such as <c>aws:us-east-1</c>: 1 to 64 UTF-8 bytes. <value>Default null: not told.</value></summary>
    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public string? Region
    {
        get;
        init
        {
            if (value is not null && !IsText(value))
                throw new ArgumentException($"A region has 1 to {PeerRecord.MaxTextSize} UTF-8 bytes.", nameof(Region));
            field = value;
        }
    }

    /// <summary>The protocol versions this peer speaks, each of 1 to 64 UTF-8 bytes. <value>Default <c>1.0</c>.</value></summary>
    /// <exception cref="ArgumentException">There is none, or one is empty or too long.</exception>
    public IReadOnlyList<string> SupportedProtocols
    {
        get;
        init
        {
            IReadOnlyList<string> versions = FrozenList.Of(value);
            if (versions.Count == 0 || !versions.All(IsText))
                throw new ArgumentException($"At least one version, each of 1 to {PeerRecord.MaxTextSize} UTF-8 bytes.", nameof(SupportedProtocols));
            field = versions;
        }
    } = ["1.0"];

    /// <summary>Services this peer offers over other protocols: absolute <c>https</c> and <c>wss</c> addresses. <value>Default empty.</value></summary>
    /// <exception cref="ArgumentException">One is relative or of another scheme.</exception>
    public IReadOnlyList<Uri> ServiceUris
    {
        get;
        init
        {
            IReadOnlyList<Uri> uris = FrozenList.Of(value);
            foreach (Uri? uri in uris)
                if (!PeerRecord.IsServiceUri(uri))
                    throw new ArgumentException($"'{uri}' is not an absolute https or wss address.", nameof(ServiceUris));
            field = uris;
        }
    } = [];

    /// <summary>What this peer says it can carry. <value>Default null: not told.</value></summary>
    public PeerCapacity? Capacity { get; init; }

    /// <summary>Whether this peer asks but never answers, and so is not found by others (BEP 43). <value>Default false. Suits phones and short-lived tools.</value></summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Periods and deadlines.</summary>
    public DiscoveryTiming Timing { get; init; } = new();

    /// <summary>Bounds.</summary>
    public DiscoveryLimits Limits { get; init; } = new();

    /// <summary>The file with the routing table, read at the start and written from time to time, so that a restarted peer rejoins without any bootstrap source.</summary>
    /// <remarks>Something else of that name is never overwritten: the start fails. Unless <see cref="PeerStore"/> says otherwise the known peers are kept too, in a file beside it: <see cref="FilePeerStore.Beside"/>.</remarks>
    /// <value>Default null: none.</value>
    public string? StatePath { get; init; }

    /// <summary>Where the known peers are kept from one run to the next. They are the first contacts of the next run, and known again as soon as each has proven its key.</summary>
    /// <value>Default null: beside <see cref="StatePath"/>, or nowhere when that is null.</value>
    public IPeerStore? PeerStore { get; init; }

#pragma warning disable RS0030 // The clock is chosen here and used from Transports upward.
    /// <summary>Where time comes from. <value>Default <see cref="System.TimeProvider.System"/>.</value></summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>Where logs go. <value>Default: nowhere.</value></summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    private static IReadOnlyList<IPEndPoint> Between(IReadOnlyList<IPEndPoint> endPoints, int least, int most, string name) => endPoints.Count >= least && endPoints.Count <= most
        ? endPoints
        : throw new ArgumentException($"{least} to {most} end points, not {endPoints.Count}.", name);

    private static IReadOnlyList<string> CheckCapabilities(IReadOnlyList<string> capabilities)
    {
        if (capabilities.Count > PeerRecord.MaxCapabilities || !capabilities.All(IsText) || capabilities.Distinct().Count() != capabilities.Count)
            throw new ArgumentException($"At most {PeerRecord.MaxCapabilities} different capabilities of 1 to {PeerRecord.MaxTextSize} UTF-8 bytes.", nameof(Capabilities));
        return capabilities;
    }

    private static bool IsText(string? text) => !string.IsNullOrEmpty(text) && System.Text.Encoding.UTF8.GetByteCount(text) <= PeerRecord.MaxTextSize;
}
