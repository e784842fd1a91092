using System.Runtime.CompilerServices;
using Discovery.Mdns;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>The layer that reaches the same network: peers announce themselves by mDNS and see each other come and go, without any configuration.</summary>
/// <param name="options">How it looks.</param>
/// <param name="network">The network; null for that of this machine.</param>
internal sealed class LocalLayer(LocalLayerOptions options, IMulticastNetwork? network = null) : IDiscoveryLayer, IReadyLayer
{
    public const string LayerName = "local";

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private DiscoveryContext? _context;
    private MdnsHost? _host;
    private ILogger? _logger;
    private ServiceRegistration? _registration;
    private Task _background = Task.CompletedTask;
    private int _port;

    public string Name => LayerName;

    public DiscoveryScope Scope => DiscoveryScope.Local;

    public bool IsReady => _host is { Error: null };

    public Exception? NotReadyReason => _host?.Error;

    private DiscoveryContext Context => _context ?? throw new InvalidOperationException("The layer has not been started.");

    private MdnsHost Host => _host ?? throw new InvalidOperationException("The layer has not been started.");

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _context = context;
        _logger = context.LoggerFactory.CreateLogger<LocalLayer>();
        _host = new(new()
        {
            Interfaces = options.Interfaces,
            HostLabel = LocalService.NameOf(context.GetSelf().Id),
            IsHostLabelUnique = true,
            IsPublished = address => LocalService.IsAt(Context.GetSelf(), address, Volatile.Read(ref _port)),
            TimeProvider = context.TimeProvider,
            LoggerFactory = context.LoggerFactory,
            Network = network,
        });
        // The search goes on for as long as the layer does, so that whoever asks later has the answers at once.
        _background = ReadAsync(_host.BrowseAsync(LocalService.Type, LocalService.SubtypeOf(context.Topic), _stopping.Token), _logger);
        _host.Start();
        return ValueTask.CompletedTask;
    }

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => Host.WaitForLinkAsync(cancellationToken);

    public async IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Host.Error is { } error)
            throw new DiscoveryException(error.Message, error);
        ServiceWatch watch = Host.Watch(LocalService.Type, LocalService.SubtypeOf(Context.Topic));
        try
        {
            do
            {
                while (Host.TryTake(watch, out ServiceEvent? change, out _))
                    if (change.Change != ServiceChange.Lost && LocalService.TryRead(change.Service, Context.Topic, out PeerId id) && IsWanted(id, query))
                        foreach (PeerEndPoint endPoint in LocalService.EndPointsOf(change.Service))
                            yield return new(endPoint, Name) { Id = id };
            }
            while (await WaitAsync(watch, cancellationToken).ConfigureAwait(false));
            // That nothing can be asked turns out only when it is.
            if (Host.Error is { } mute)
                throw new DiscoveryException(mute.Message, mute);
        }
        finally
        {
            Host.Unwatch(watch);
        }
    }

    /// <remarks>Others are not asked to store anything: announced is what has been multicast.</remarks>
    public async ValueTask<LayerAnnouncement> AnnounceAsync(SignedItem record, CancellationToken cancellationToken)
    {
        ServiceRegistration? registration = await RegisterAsync(Context.GetSelf()).ConfigureAwait(false);
        if (Host.Error is { } error)
            return new(0, 0, error);
        if (registration is null)
            return new(0, 0, new DiscoveryException("No end point of this peer can be reached from the local network; listen on an address of it, or on 0.0.0.0."));
        Exception? mute = await registration.WaitUntilAnnouncedOrMuteAsync(cancellationToken).ConfigureAwait(false);
        (int links, int usable) = Host.Links;
        if (mute is not null)
            return new(links, 0, mute);
        LocalLayerLog.Announced(_logger!, registration.Instance, _port, usable);
        return new(links, usable);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_host is not null)
            await _host.DisposeAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Publishes the service at the port of the first end point that is on an interface in use.</summary>
    private async ValueTask<ServiceRegistration?> RegisterAsync(PeerInfo self)
    {
        ServiceRegistration? former;
        lock (_gate)
        {
            int port = self.EndPoints.Where(endPoint => Host.HasAddress(endPoint.Address)).Select(static endPoint => endPoint.Port).FirstOrDefault();
            bool isMoved = port != _port;
            former = isMoved ? _registration : null;
            Volatile.Write(ref _port, port);
            // The end points may have changed, and with them the addresses that lead here.
            Host.CheckLinks();
            if (isMoved)
                _registration = port == 0 ? null : Host.Publish(LocalService.Publication(self.Id, Context.Topic, (ushort)port));
        }
        if (former is not null)
            await former.DisposeAsync().ConfigureAwait(false);
        return _registration;
    }

    private bool IsWanted(PeerId id, PeerQuery query) => id != Context.GetSelf().Id && (query.Peer is null || query.Peer == id);

    /// <summary>Waits for more.</summary>
    /// <returns>False when the time to look is over.</returns>
    private async ValueTask<bool> WaitAsync(ServiceWatch watch, CancellationToken cancellationToken)
    {
        TimeSpan left = options.LookTime - Host.LinkAge;
        if (left <= TimeSpan.Zero)
            return false;
        if (!Host.TryPeek(watch, out Task next))
            await next.WaitAsync(left, Context.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    private async Task ReadAsync(IAsyncEnumerable<ServiceEvent> changes, ILogger logger)
    {
        await foreach (ServiceEvent change in changes.ConfigureAwait(false))
        {
            LocalLayerLog.Heard(logger, change.Change, change.Service.Instance, change.Service.Host, change.Service.Port);
            // Anybody can say goodbye in the name of another: the peer itself is asked.
            if (change.Change == ServiceChange.Lost && LocalService.TryRead(change.Service, Context.Topic, out PeerId id))
                Context.Doubt(id);
        }
    }
}
