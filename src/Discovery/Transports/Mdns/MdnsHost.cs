using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Discovery.Limits;
using Discovery.Mdns;
using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>Publishes services on the local network and finds those of others: DNS-SD over mDNS (RFC 6763, 6762), beside whatever else does so on this machine. Thread-safe.</summary>
/// <remarks>It follows the interfaces of the machine as they come, go and change their addresses. Nothing happens before <see cref="Start"/>.</remarks>
public sealed partial class MdnsHost : IAsyncDisposable
{
    /// <summary>More than any responder says to one network, but for one that has gone mad.</summary>
    private static readonly FloodLimits s_flood = new() { PacketsPerSecond = 200, Burst = 1000, BanDuration = TimeSpan.Zero };

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly ILogger _logger;
    private readonly MdnsOptions _options;
    private readonly MdnsNode _node;
    private readonly FloodGuard _guard = new(s_flood);
    private readonly byte[] _buffer;
    private readonly List<ServiceWatch> _watches = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private TimeSpan _timerDue = TimeSpan.MaxValue;
    private long _failures;
    private bool _isDisposed;

    /// <summary>Creates a host; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="options">How it runs; null for the defaults.</param>
    public MdnsHost(MdnsHostOptions? options = null)
    {
        options ??= new();
        _time = options.TimeProvider;
        _epoch = _time.GetTimestamp();
        _logger = HarmlessLogger.Create<MdnsHost>(options.LoggerFactory);
        _network = options.Network ?? new MulticastNetwork(options.Interfaces, _logger);
        _isPublished = options.IsPublished ?? (static _ => true);
        _options = new()
        {
            HostLabel = options.HostLabel ?? DefaultLabel(),
            // Random digits are unique too, but claimed together with the service the two are announced in one datagram, and some browsers look no further.
            IsHostLabelUnique = options.IsHostLabelUnique,
        };
        _buffer = new byte[_options.MaxDatagram];
        _node = new(_options, options.Random ?? new SecureRandom());
        Waiters = new(_gate, _node, nameof(MdnsHost));
    }

    /// <summary>Why nothing can be found or published now; null when something can.</summary>
    public Exception? Error
    {
        get
        {
            lock (_gate)
            {
                if (_links.Count == 0)
                    return _error ?? new DiscoveryException("Multicast has not been started.");
                Link? mute = null;
                foreach (Link link in _links.Values)
                {
                    if (link.SendError is null)
                        return null;
                    mute = link;
                }
                return new DiscoveryException($"Nothing can be multicast on {mute!.Card.Name}: {mute.SendError!.Message}", mute.SendError);
            }
        }
    }

    /// <summary>Who waits for something of the node.</summary>
    internal Waiters<MdnsNode> Waiters { get; }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Publishes a service. It is known to others when <see cref="ServiceRegistration.WaitUntilAnnouncedAsync"/> completes, and withdrawn when what is returned is disposed.</summary>
    /// <exception cref="ArgumentException">It cannot be published.</exception>
    /// <exception cref="ObjectDisposedException">The host has been disposed.</exception>
    public ServiceRegistration Publish(ServicePublication publication)
    {
        ArgumentNullException.ThrowIfNull(publication);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            TimeSpan now = Now;
            ServiceRegistration registration = new(this, _node.Publish(publication, now));
            Flush(now);
            return registration;
        }
    }

    /// <summary>Finds services until the loop is left: those that are there, those that come, change and go, in order. Steps that a slow reader has missed are made one.</summary>
    /// <param name="type">The type, such as <c>_ipp._tcp</c>.</param>
    /// <param name="subtype">A subtype, such as <c>_color</c>; null for all of the type.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">It is not a type.</exception>
    /// <exception cref="ObjectDisposedException">The host has been disposed.</exception>
    public IAsyncEnumerable<ServiceEvent> BrowseAsync(string type, string? subtype = null, CancellationToken cancellationToken = default)
    {
        ServiceWatch.Check(type, subtype);
        lock (_gate)
            ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ReadAsync(type, subtype, cancellationToken);
    }

    /// <summary>Says goodbye for all that is published, and closes. Idempotent, at any moment; every call completes when all is closed. Searches that run end with <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return new(_closed.Task);
            _node.Stop();
            Flush(Now);
            _isDisposed = true;
            ObjectDisposedException disposed = new(nameof(MdnsHost));
            foreach (ServiceWatch watch in _watches)
                watch.Fail(disposed);
            Waiters.Close();
            foreach (Link link in _links.Values)
                link.Socket.Dispose();
            _links.Clear();
        }
        return new(CloseAsync());
    }

    private async Task CloseAsync()
    {
        try
        {
            _subscription?.Dispose();
            if (_checkTimer is not null)
                await _checkTimer.DisposeAsync().ConfigureAwait(false);
            if (_timer is not null)
                await _timer.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _closed.SetResult();
        }
    }

    /// <summary>Begins a search that is to be ended by <see cref="Unwatch"/>.</summary>
    internal ServiceWatch Watch(string type, string? subtype)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            TimeSpan now = Now;
            ServiceWatch watch = new(_node.Browse(type, subtype, now));
            _watches.Add(watch);
            Flush(now);
            return watch;
        }
    }

    internal void Unwatch(ServiceWatch watch)
    {
        lock (_gate)
            if (_watches.Remove(watch) && !_isDisposed)
                _node.Stop(watch.Browse);
    }

    /// <summary>Takes the next step of a search.</summary>
    /// <param name="watch">The search.</param>
    /// <param name="change">The step; null when there is none.</param>
    /// <param name="next">Completes when there is one.</param>
    internal bool TryTake(ServiceWatch watch, [NotNullWhen(true)] out ServiceEvent? change, out Task next)
    {
        lock (_gate)
        {
            bool isThere = watch.TryTake(out change);
            next = watch.WaitAsync();
            return isThere;
        }
    }

    /// <summary>Whether there is a step to take.</summary>
    /// <param name="watch">The search.</param>
    /// <param name="next">Completes when there is one.</param>
    internal bool TryPeek(ServiceWatch watch, out Task next)
    {
        lock (_gate)
        {
            next = watch.WaitAsync();
            return watch.Count > 0;
        }
    }

    internal T Read<T>(Func<MdnsNode, T> read)
    {
        lock (_gate)
            return read(_node);
    }

    internal void Do(Action<MdnsNode, TimeSpan> action)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            TimeSpan now = Now;
            action(_node, now);
            Flush(now);
        }
    }

    private async IAsyncEnumerable<ServiceEvent> ReadAsync(string type, string? subtype, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ServiceWatch watch = Watch(type, subtype);
        try
        {
            while (true)
            {
                Task next;
                while (TryTake(watch, out ServiceEvent? change, out next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return change;
                }
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Unwatch(watch);
        }
    }

    private static string DefaultLabel()
    {
        // Another responder on this machine has the bare name; the digits keep our goodbye from calling off its addresses.
        string machine = Environment.MachineName.Split('.')[0];
        string suffix = $"-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        while (System.Text.Encoding.UTF8.GetByteCount(machine) + suffix.Length > 63)
            machine = machine[..^1];
        return machine + suffix;
    }
}
