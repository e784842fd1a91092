using Discovery.Bootstrap;
using Discovery.Layers;
using Discovery.Peers;
using Discovery.Service;
using Discovery.Transports;

namespace Discovery;

/// <summary>Puts a service together. Nothing is contacted that was not added here.</summary>
public sealed class DiscoveryServiceBuilder
{
    private readonly string _network;
    private readonly DiscoveryOptions _options;
    private readonly List<(string Name, IBootstrapSource Source)> _sources = [];
    private readonly List<IDiscoveryLayer> _layers = [];
    private readonly List<(IPeerScorer Scorer, double Weight)> _scorers = [];
    private readonly Dictionary<string, double> _weights = PeerScoring.Default.ToDictionary(static part => part.Scorer.Name, static part => part.Weight);
    private IReadOnlyList<IDatagramTransport>? _transports;
    private LocalLayerOptions? _local;
    private RegionalLayerOptions? _regional;
    private bool _hasGlobalLayer, _isPublic;

    /// <summary>Begins a service.</summary>
    /// <param name="network">The name of the network: only peers that give the same name find each other.</param>
    /// <param name="options">How it runs; null for the defaults, with which only peers on this machine are found.</param>
    /// <exception cref="ArgumentException">The name is empty, blank, or has a NUL character.</exception>
    public DiscoveryServiceBuilder(string network, DiscoveryOptions? options = null)
    {
        NetworkTopic.ThrowUnlessName(network);
        (_network, _options) = (network, options ?? new());
    }

    /// <summary>Adds a source of first contacts. Each source is read at the start and from time to time.</summary>
    public DiscoveryServiceBuilder AddBootstrap(IBootstrapSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string name = source.Name;
        for (int number = 2; _sources.Any(known => known.Name == name); number++)
            name = $"{source.Name}-{number}";
        _sources.Add((name, source));
        return this;
    }

    /// <summary>Adds a layer, which the service owns from now on.</summary>
    /// <exception cref="ArgumentException">There is a layer of that name.</exception>
    public DiscoveryServiceBuilder AddLayer(IDiscoveryLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.Name is GlobalLayer.LayerName or RegionalLayer.LayerName or PeerSearch.Registry || (_local is not null && layer.Name == LocalLayer.LayerName) || _layers.Any(known => known.Name == layer.Name))
            throw new ArgumentException($"There is a layer '{layer.Name}' already.", nameof(layer));
        _layers.Add(layer);
        return this;
    }

    /// <summary>Adds an opinion on how good a peer is. <see cref="PeerInfo.Score"/> is the weighted mean of this and all others: Σ weight × score / Σ weight.</summary>
    /// <remarks>
    /// From the beginning there are <c>latency</c>, 100 ms / (100 ms + RTT), and <c>reliability</c>, <see cref="PeerInfo.Reliability"/>, which weigh 1 each; <c>capacity</c>, (1 − load) × the mean of
    /// x / (x + h) over what is known of bandwidth (h = 10 Mbit/s), connections (100) and storage (10 GiB), a mere claim only half as far from 0.5, and <c>freshness</c>, 0.5^(age / 15 min), which weigh 0.25
    /// each. <see cref="WeighScorer"/> changes that. What is not known counts 0.5.
    /// </remarks>
    /// <param name="scorer">Who is asked.</param>
    /// <param name="weight">How much it counts: a finite number larger than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not such a number.</exception>
    public DiscoveryServiceBuilder AddScorer(IPeerScorer scorer, double weight)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        if (!double.IsFinite(weight))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number larger than 0.");
        _scorers.Add((scorer, weight));
        return this;
    }

    /// <summary>Changes how much one of the opinions counts that are there from the beginning (<see cref="AddScorer"/>).</summary>
    /// <param name="name">Which: <c>latency</c>, <c>reliability</c>, <c>capacity</c> or <c>freshness</c>.</param>
    /// <param name="weight">How much it counts: a finite number; 0 for not at all.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative, infinite or NaN.</exception>
    public DiscoveryServiceBuilder WeighScorer(string name, double weight)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number, 0 or larger.");
        if (!_weights.ContainsKey(name))
            throw new ArgumentException($"There is no scorer '{name}' from the beginning, but {string.Join(", ", _weights.Keys)}.", nameof(name));
        _weights[name] = weight;
        return this;
    }

    /// <summary>Adds the layer <c>local</c>: peers on the same network find each other by multicast (mDNS and DNS-SD), without any configuration. Where multicast cannot be used the health tells, and the rest works.</summary>
    /// <param name="options">How it looks; null for the defaults, with which it uses all interfaces that can multicast.</param>
    /// <remarks>Listen on an address of that network, or on 0.0.0.0 (<see cref="DiscoveryOptions.Listen"/>), to be found there: on a loopback address this peer finds nobody but those on loopback.</remarks>
    /// <exception cref="ArgumentException">There is a layer of that name.</exception>
    public DiscoveryServiceBuilder AddLocalLayer(LocalLayerOptions? options = null)
    {
        if (_layers.Any(static known => known.Name == LocalLayer.LayerName))
            throw new ArgumentException($"There is a layer '{LocalLayer.LayerName}' already.", nameof(options));
        _local = options ?? new();
        return this;
    }

    /// <summary>Adds the layer <c>regional</c>: peers whose round-trip time is short. It asks the nearest known peers whom they know, and goes on for as long as that leads nearer; no region has to be configured.</summary>
    /// <remarks>
    /// It begins with the known peers, those announced under this peer's <see cref="DiscoveryOptions.Region"/> in the DHT and, while hardly anybody is known, a few of the whole network. Without the global
    /// layer it joins the DHT itself, and announces this peer there under its region only.
    /// </remarks>
    /// <param name="options">How it looks; null for the defaults. A later call replaces the options of an earlier one.</param>
    public DiscoveryServiceBuilder AddRegionalLayer(RegionalLayerOptions? options = null)
    {
        _regional = options ?? new();
        return this;
    }

    /// <summary>Adds the layer <c>global</c>: peers find each other through a Mainline DHT made of the peers themselves and of the hosts that the sources name.</summary>
    public DiscoveryServiceBuilder AddGlobalLayer()
    {
        _hasGlobalLayer = true;
        return this;
    }

    /// <summary>Joins the public BitTorrent DHT: adds its well-known hosts as a source, the global layer, and the rules of the public network, on which private addresses are refused wherever they appear.</summary>
    /// <remarks>Listen on an outside address or on 0.0.0.0 (<see cref="DiscoveryOptions.Listen"/>): from a loopback address nobody can be reached.</remarks>
    public DiscoveryServiceBuilder AddMainline()
    {
        if (_isPublic)
            return this;
        (_hasGlobalLayer, _isPublic) = (true, true);
        return AddBootstrap(MainlineRouters.CreateSource());
    }

    /// <summary>Lets the datagrams go through these transports instead of UDP sockets on <see cref="DiscoveryOptions.Listen"/>: for a network in memory, and for tests.</summary>
    /// <param name="transports">At least one; not started; owned by the service, so that only one can be built.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public DiscoveryServiceBuilder UseTransports(params IDatagramTransport[] transports)
    {
        ArgumentNullException.ThrowIfNull(transports);
        if (transports.Length == 0)
            throw new ArgumentException("At least one transport.", nameof(transports));
        _transports = [.. transports];
        return this;
    }

    /// <summary>Makes the service. No I/O happens before it is initialized.</summary>
    /// <exception cref="ArgumentException">Capabilities, versions, region and service addresses together do not fit into a record of 995 bytes.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public IDiscoveryService Build() => new DiscoveryService(new()
    {
        Network = _network,
        Options = _options,
        Sources = [.. _sources],
        Layers = [.. _layers],
        Scorers = [.. PeerScoring.Default.Select(part => (part.Scorer, Weight: _weights[part.Scorer.Name])).Where(static part => part.Weight > 0), .. _scorers],
        Transports = _transports,
        Local = _local,
        HasGlobalLayer = _hasGlobalLayer,
        Regional = _regional,
        IsPublic = _isPublic,
    });
}
