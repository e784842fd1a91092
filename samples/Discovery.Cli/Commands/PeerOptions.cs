using System.CommandLine;
using Discovery.Cli.Output;

namespace Discovery.Cli.Commands;

/// <summary>The options of a command that runs a peer.</summary>
/// <param name="shared">Those that other commands have too.</param>
/// <param name="capabilityDescription">What <c>--capability</c> means to this command.</param>
/// <param name="regionDescription">What <c>--region</c> means to this command.</param>
internal sealed class PeerOptions(SharedOptions shared, string capabilityDescription, string regionDescription)
{
    private readonly Option<string> _network = new("--network")
    {
        HelpName = "NAME",
        Description = "The network: peers find those of the same name.",
        DefaultValueFactory = static _ => "discovery",
    };

    private readonly Option<bool> _readOnly = new("--read-only") { Description = "Ask but never answer (BEP 43): others do not find this peer." };
    private readonly Option<bool> _mainline = new("--mainline") { Description = "Join the public BitTorrent DHT through its well-known routers." };
    private readonly Option<FileInfo> _state = new("--state") { HelpName = "FILE", Description = "Where the routing table is kept, and the known peers in FILE.peers, so that a restart needs no bootstrap host." };
    private readonly Option<bool> _noLimits = new("--no-limits") { Description = "No defence against floods and no pacing: for measurements." };

    private readonly Option<string> _mdns = Symbols.Switch("--mdns", "Whether peers on the same network find each other by multicast, without a bootstrap host.");

    public Option<string[]> Capability { get; } = new("--capability") { HelpName = "C", Description = capabilityDescription };

    public Option<string> Region { get; } = new("--region") { HelpName = "R", Description = regionDescription };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[shared.Listen, shared.Bootstrap, _mdns, shared.Interface, _network, shared.Identity, Capability, Region, _readOnly, _mainline, _state, _noLimits, shared.Json])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(shared.Interface) is not null && result.GetValue(_mdns) != Symbols.On)
                result.AddError("'--interface' goes with '--mdns on'.");
        });
    }

    /// <summary>A service as these options want it; it does not run yet.</summary>
    /// <param name="parsed">What the user gave.</param>
    /// <param name="identity">Who it is; null for somebody new.</param>
    /// <param name="report">Where logs go.</param>
    /// <param name="complete">Adds what the command itself decides.</param>
    /// <exception cref="UsageException">An option cannot be used.</exception>
    public IDiscoveryService Build(ParseResult parsed, PeerIdentity? identity, Report report, Func<DiscoveryOptions, DiscoveryOptions> complete)
    {
        BootstrapNode[] bootstrap = parsed.GetValue(shared.Bootstrap) ?? [];
        bool isMainline = parsed.GetValue(_mainline);
        bool isLocal = parsed.GetValue(_mdns) == Symbols.On;
        string[] interfaces = shared.GetInterfaces(parsed);
        PeerEndPoint[] listen = parsed.GetValue(shared.Listen) is { Length: > 0 } given ? given
            : isLocal ? ListenChoice.ForLocal(interfaces)
            : ListenChoice.For(bootstrap, isMainline);
        FileInfo? state = parsed.GetValue(_state);
        if (state is { Directory.Exists: false })
            throw new UsageException($"The folder of '{state}' does not exist.");
        try
        {
            DiscoveryOptions options = complete(new()
            {
                Identity = identity,
                Listen = [.. listen.Select(static endPoint => endPoint.ToIPEndPoint())],
                IsReadOnly = parsed.GetValue(_readOnly),
                StatePath = state?.FullName,
                Limits = parsed.GetValue(_noLimits) ? new DiscoveryLimits { Flood = null, Budget = null } : new DiscoveryLimits(),
                LoggerFactory = report.Logs,
            });
            DiscoveryServiceBuilder builder = new(parsed.GetRequiredValue(_network), options);
            if (isLocal)
                builder.AddLocalLayer(new() { Interfaces = interfaces });
            // On the local network alone nobody is needed who knows others.
            if (!isLocal || bootstrap.Length > 0)
                builder.AddGlobalLayer();
            // Whoever asks for the near ones first, or for some of each, needs to know who is near.
            if (options.Strategy != DiscoveryStrategy.Hybrid && (!isLocal || bootstrap.Length > 0))
                builder.AddRegionalLayer();
            if (bootstrap.Length > 0)
                builder.AddBootstrap(new EndPointBootstrapSource([.. bootstrap.Select(static node => node.EndPoint)]));
            if (isMainline)
                builder.AddMainline();
            return builder.Build();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(Symbols.MessageOf(exception));
        }
    }

    /// <summary>The identity in the file that the user named; null when none was named.</summary>
    public PeerIdentity? LoadIdentity(ParseResult parsed) => parsed.GetValue(shared.Identity) is { } file ? PeerIdentity.LoadOrCreate(file.FullName) : null;
}
