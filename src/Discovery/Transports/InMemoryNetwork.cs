using System.Buffers;
using System.Net.Sockets;

namespace Discovery.Transports;

/// <summary>
/// A network inside one process. With a manual time provider and one thread, one seed gives one history: every loss, delay and duplicate is drawn from it.
/// </summary>
/// <remarks>
/// Datagrams are delivered from the time provider's timer, one at a time for the whole network and never from within <see cref="IDatagramTransport.Send"/>. A receiver that
/// throws loses its datagram only. Datagrams above 1472 bytes, and to addresses that nobody listens on, vanish.
/// </remarks>
public sealed class InMemoryNetwork : IDisposable
{
    private const int MaxBatch = 64;
    private const int FirstFreePort = 49152;

    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly ITimer _timer;
    private readonly Random _random;
    private readonly InMemoryTopology _topology = new();
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Delivery, (long Due, long Order)> _travelling = new();
    private readonly Dictionary<PeerEndPoint, InMemoryTransport> _bound = [];
    private readonly List<Delivery> _batch = [];
    private readonly byte[] _reply = new byte[DatagramSize.MaxSent];
    private InMemoryNetworkOptions _options;
    private InMemoryTransport? _delivering;
    private TaskCompletionSource? _delivered;
    private int _pumpThread;
    private long _order;
    private long _armed = long.MaxValue;
    private bool _disposed;

    /// <summary>An empty network.</summary>
    /// <param name="timeProvider">Whose clock and timers move the datagrams.</param>
    /// <param name="seed">What chance is drawn from.</param>
    /// <param name="options">Null for the defaults.</param>
    public InMemoryNetwork(TimeProvider timeProvider, int seed, InMemoryNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _time = timeProvider;
        _random = new(seed);
        _options = options ?? new();
        _epoch = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(static network => ((InMemoryNetwork)network!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The rules in force. A change applies to what is sent from then on.</summary>
    public InMemoryNetworkOptions Options
    {
        get => Volatile.Read(ref _options);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _options, value);
        }
    }

    /// <summary>A transport at <paramref name="listen"/>, attached when it is started; port 0 takes a free one.</summary>
    /// <exception cref="ArgumentException">The address is unspecified, multicast or broadcast: this network has no interfaces to stand for it.</exception>
    public InMemoryTransport CreateTransport(PeerEndPoint listen)
    {
        if (!listen.WithPort(1).IsUnicast)
            throw new ArgumentException($"{listen} is not the address of one host.", nameof(listen));
        return new(this, listen, HarmlessLogger.Create<InMemoryTransport>(Options.LoggerFactory));
    }

    /// <summary>Takes an end point off the network; with port 0, every port of the address. What is on its way from or to it is lost.</summary>
    public void Unplug(PeerEndPoint endPoint)
    {
        lock (_lock)
            _topology.Unplug(endPoint);
    }

    /// <summary>Undoes <see cref="Unplug"/> with the same argument.</summary>
    public void Plug(PeerEndPoint endPoint)
    {
        lock (_lock)
            _topology.Plug(endPoint);
    }

    /// <summary>Cuts these end points (with port 0: every port of the address) off from all others, though not from each other. Each call makes one more island.</summary>
    public void Partition(params IEnumerable<PeerEndPoint> island)
    {
        ArgumentNullException.ThrowIfNull(island);
        lock (_lock)
            _topology.Partition(island);
    }

    /// <summary>Joins all islands again. What is unplugged stays so.</summary>
    public void Heal()
    {
        lock (_lock)
            _topology.Heal();
    }

    /// <summary>Ends all traffic: what is on its way is lost, and nothing more is accepted.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
            _travelling.Clear();
        }
    }

    /// <summary>Attaches a transport and tells it its end point, before anything can reach it.</summary>
    internal void Bind(InMemoryTransport transport, PeerEndPoint listen, Action<PeerEndPoint> attached)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            PeerEndPoint local = listen;
            for (int port = FirstFreePort; listen.Port == 0 && port <= ushort.MaxValue; port++)
            {
                local = listen.WithPort(port);
                if (!_bound.ContainsKey(local))
                    break;
            }
            if (!_bound.TryAdd(local, transport))
                throw new SocketException((int)SocketError.AddressAlreadyInUse, $"Cannot listen on {local} of the in-memory network: it is taken.");
            attached(local);
        }
    }

    /// <summary>Detaches a transport; completes when no call to its receiver runs, unless it is that call which asks.</summary>
    internal Task Unbind(InMemoryTransport transport)
    {
        lock (_lock)
        {
            if (_bound.GetValueOrDefault(transport.LocalEndPoint) == transport)
                _bound.Remove(transport.LocalEndPoint);
            if (_delivering != transport || _pumpThread == Environment.CurrentManagedThreadId)
                return Task.CompletedTask;
            _delivered ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _delivered.Task;
        }
    }

    /// <summary>Sends a datagram on its way, or loses it.</summary>
    internal bool Submit(ReadOnlySpan<byte> datagram, in PeerEndPoint source, in PeerEndPoint destination)
    {
        lock (_lock)
        {
            if (_disposed)
                return false;
            InMemoryNetworkOptions options = _options;
            // Drawn whatever becomes of the datagram: a change of topology does not shift the chances of those that follow.
            bool lost = _random.NextDouble() < options.Loss, twice = _random.NextDouble() < options.Duplication;
            TimeSpan latency = options.LatencyBetween?.Invoke(source, destination) ?? options.Latency;
            Travel(datagram, source, destination, latency + options.Jitter * _random.NextDouble(), lost);
            Travel(datagram, source, destination, latency + options.Jitter * _random.NextDouble(), lost || !twice);
            Arm();
            return true;
        }
    }

    private void Travel(ReadOnlySpan<byte> datagram, in PeerEndPoint source, in PeerEndPoint destination, TimeSpan latency, bool lost)
    {
        if (lost || !_topology.Connects(source, destination))
            return;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer);
        _travelling.Enqueue(new(buffer, datagram.Length, source, destination), (Now() + Math.Max(1, latency.Ticks), _order++));
    }

    private long Now() => _time.GetElapsedTime(_epoch).Ticks;

    /// <summary>Sets the timer to the next arrival. Under the lock.</summary>
    private void Arm()
    {
        if (_disposed || _delivering is not null || !_travelling.TryPeek(out _, out (long Due, long Order) next) || next.Due >= _armed)
            return;
        _armed = next.Due;
        long wait = Math.Max(0, next.Due - Now());
        // The system's timers count whole milliseconds and would fire too early.
        if (_time == TimeProvider.System)
            wait = (wait + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond;
        _timer.Change(TimeSpan.FromTicks(wait), Timeout.InfiniteTimeSpan);
    }

    private void Pump()
    {
        while (TakeBatch() is { } transport)
        {
            transport.Deliver(_batch, _reply);
            foreach (Delivery delivery in _batch)
                ArrayPool<byte>.Shared.Return(delivery.Buffer);
            TaskCompletionSource? waiting;
            lock (_lock)
            {
                _delivering = null;
                _pumpThread = 0;
                (waiting, _delivered) = (_delivered, null);
            }
            waiting?.SetResult();
        }
    }

    /// <summary>Takes what has arrived for the next transport; null when nothing has, or when another thread is delivering.</summary>
    private InMemoryTransport? TakeBatch()
    {
        lock (_lock)
        {
            if (_delivering is not null)
                return null;
            _armed = long.MaxValue;
            _batch.Clear();
            InMemoryTransport? target = null;
            long now = Now();
            while (!_disposed && _batch.Count < MaxBatch && _travelling.TryPeek(out Delivery next, out (long Due, long Order) when) && when.Due <= now)
            {
                InMemoryTransport? reached = _topology.Connects(next.Source, next.Destination) ? _bound.GetValueOrDefault(next.Destination) : null;
                if (reached is not null && target is not null && reached != target)
                    break;
                _travelling.Dequeue();
                if (reached is null)
                {
                    ArrayPool<byte>.Shared.Return(next.Buffer);
                    continue;
                }
                target = reached;
                _batch.Add(next);
            }
            if (target is null)
            {
                Arm();
                return null;
            }
            _delivering = target;
            _pumpThread = Environment.CurrentManagedThreadId;
            return target;
        }
    }

    /// <summary>A datagram on its way.</summary>
    internal readonly record struct Delivery(byte[] Buffer, int Length, PeerEndPoint Source, PeerEndPoint Destination)
    {
        public ReadOnlySpan<byte> Datagram => Buffer.AsSpan(0, Length);
    }
}
