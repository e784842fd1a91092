using Discovery.Kademlia;
using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>A node of the Mainline DHT on real transports: it pumps datagrams and time through the protocol and turns what comes out into tasks. Thread-safe.</summary>
/// <remarks>Datagrams are handled on the transports' threads, results are delivered on the thread pool. Nothing happens before <see cref="Start"/>.</remarks>
public sealed partial class DhtNode : IAsyncDisposable
{
    private const int MaxDatagram = 1472;

    /// <summary>How long the timer rests after what it did has failed.</summary>
    private static readonly TimeSpan TimerRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly IReadOnlyList<IDatagramTransport> _transports;
    private readonly IDatagramTransport? _ipv4, _ipv6;
    private readonly KademliaNode _node;
    private readonly ILogger _logger;
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly HashSet<Operation> _operations = [];
    private readonly Waiters<KademliaNode> _waiters;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private TimeSpan _timerDue = TimeSpan.MaxValue;
    private bool _isStarted, _hasJoined, _isDisposed;

    /// <summary>Creates a node; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="transports">Its sockets, owned from now on. Queries leave through the first of each address family.</param>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no transport.</exception>
    public DhtNode(IEnumerable<IDatagramTransport> transports, DhtNodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transports);
        _transports = [.. transports];
        if (_transports.Count == 0)
            throw new ArgumentException("A node needs at least one transport.", nameof(transports));
        options ??= new();
        _ipv4 = _transports.FirstOrDefault(static t => t.LocalEndPoint.IsIPv4);
        _ipv6 = _transports.FirstOrDefault(static t => !t.LocalEndPoint.IsIPv4);
        _time = options.TimeProvider;
        _epoch = _time.GetTimestamp();
        _logger = HarmlessLogger.Create<DhtNode>(options.LoggerFactory);
        Random random = options.Random ?? new SecureRandom();
        SnapshotNode[] nodes = new SnapshotNode[RoutingTableSnapshot.MaxNodes];
        IsRestored = RoutingTableSnapshot.TryRead(options.SavedState.Span, nodes, out int count, out NodeId savedIPv4, out NodeId savedIPv6);
        _node = new KademliaNode(options.Kademlia, random,
            _ipv4 is null ? null : Choose(options.IdIPv4, savedIPv4, random), _ipv6 is null ? null : Choose(options.IdIPv6, savedIPv6, random), Now);
        _node.Remember(nodes.AsSpan(0, count), Now);
        _node.OwnWalkEnded = Trace;
        _waiters = new(_gate, _node, nameof(DhtNode));
    }

    /// <summary>Whether <see cref="DhtNodeOptions.SavedState"/> could be read. False when there was none or it was damaged; then the node starts afresh.</summary>
    public bool IsRestored { get; }

    /// <summary>The end points that are bound, in the order of the transports.</summary>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints => [.. _transports.Select(static t => t.LocalEndPoint)];

    /// <summary>The node's id for IPv4; null without an IPv4 transport.</summary>
    public NodeId? IdIPv4 => Read(static node => node.Family(true)?.Id);

    /// <summary>The node's id for IPv6; null without an IPv6 transport.</summary>
    public NodeId? IdIPv6 => Read(static node => node.Family(false)?.Id);

    /// <summary>The number of nodes in the routing tables.</summary>
    public int TableSize => Read(static node => node.Families.Sum(static family => family.Table.Count));

    /// <summary>The address at which most of those who answer see this node, by family; null while unknown.</summary>
    public PeerEndPoint? ExternalAddress(bool ipv4) => Read(node => node.Family(ipv4)?.External.Current);

    /// <summary>The estimated number of nodes in the network; 0 while unknown.</summary>
    public double EstimatedNetworkSize => Read(static node => node.Families.Select(static family => family.Size.Estimate).DefaultIfEmpty().Max());

    /// <summary>The operations that somebody waits for.</summary>
    internal int RunningOperations
    {
        get
        {
            lock (_gate)
                return _operations.Count;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Binds the transports and begins to take part.</summary>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An end point cannot be bound.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isStarted)
                throw new InvalidOperationException("The node has been started before.");
            _isStarted = true;
            _timer = _time.CreateTimer(static state => ((DhtNode)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        foreach (IDatagramTransport transport in _transports)
            transport.Start(new Receiver(this));
        lock (_gate)
        {
            foreach (KademliaFamily family in _node.Families)
                family.IsOnLoopback = _transports.All(transport => transport.LocalEndPoint.IsIPv4 != family.IsIPv4 || transport.LocalEndPoint.IsLoopback);
            Flush(Now);
        }
        foreach (PeerEndPoint endPoint in LocalEndPoints)
            DhtNodeLog.Started(_logger, (endPoint.IsIPv4 ? IdIPv4 : IdIPv6)!.Value, endPoint);
    }

    /// <summary>Names a host that knows the network. It is asked for first contacts for as long as the table is nearly empty, and never inserted itself.</summary>
    public void AddRouter(PeerEndPoint endPoint) => Do((node, now) => node.AddRouter(endPoint, now));

    /// <summary>The machine's addresses have changed: first contacts are looked for again, and what others said of our address is forgotten.</summary>
    public void NetworkChanged() => Do(static (node, now) => node.NetworkChanged(now));

    /// <summary>Completes when the table holds a node, at once if it does already. A table can stay empty for ever: pass a token that ends the wait.</summary>
    public Task WaitForContactAsync(CancellationToken cancellationToken = default) => _waiters.WaitUntilAsync(HasNode, cancellationToken);

    /// <summary>Completes when somebody has answered, be it only a bootstrap host, which never enters the table: from then on lookups have somebody to ask.</summary>
    internal Task WaitForAnswerAsync(CancellationToken cancellationToken) =>
        _waiters.WaitUntilAsync(static node => node.Families.Any(static family => family.LastReceived > TimeSpan.MinValue), cancellationToken);

    /// <summary>Completes when the tables hold so many nodes.</summary>
    internal Task WaitForTableSizeAsync(int size, CancellationToken cancellationToken) =>
        _waiters.WaitUntilAsync(node => node.Families.Sum(static family => family.Table.Count) >= size, cancellationToken);

    /// <summary>What a restart needs to rejoin without any bootstrap host: the ids and the nodes last heard. Give it to <see cref="DhtNodeOptions.SavedState"/>.</summary>
    public byte[] Save() => SaveCounted(out _);

    internal byte[] SaveCounted(out int nodes)
    {
        byte[] buffer = new byte[RoutingTableSnapshot.MaxSize];
        lock (_gate)
        {
            SnapshotNode[] worth = _node.Snapshot();
            nodes = worth.Length;
            return buffer[..RoutingTableSnapshot.Write(buffer, worth, _node.Family(true)?.Id ?? default, _node.Family(false)?.Id ?? default)];
        }
    }

    /// <summary>Leaves the network. Operations that run end with <see cref="ObjectDisposedException"/>. Idempotent: every call completes when all is closed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return new(_closed.Task);
            _isDisposed = true;
            foreach (Operation operation in (Operation[])[.. _operations])
                _node.Cancel(operation, Now);
            _waiters.Close();
            foreach (KademliaFamily family in _node.Families)
                family.ForgetSize();
        }
        return new(CloseAsync());
    }

    private async Task CloseAsync()
    {
        try
        {
            if (_timer is not null)
                await _timer.DisposeAsync().ConfigureAwait(false);
            foreach (IDatagramTransport transport in _transports)
                await transport.DisposeAsync().ConfigureAwait(false);
            _node.Dispose();
        }
        finally
        {
            _closed.SetResult();
        }
    }

    private static NodeId Choose(NodeId? given, NodeId saved, Random random) => given ?? (saved != default ? saved : NodeId.CreateRandom(random));

    private static bool HasNode(KademliaNode node) => node.Families.Any(static family => family.Table.Count > 0);

    private T Read<T>(Func<KademliaNode, T> read)
    {
        lock (_gate)
            return read(_node);
    }

    private void Do(Action<KademliaNode, TimeSpan> action)
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

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _timerDue = TimeSpan.MaxValue;
            TimeSpan now = Now;
            try
            {
                _node.HandleTimeout(now);
                Flush(now);
            }
            catch (Exception exception)
            {
                // On this thread it would end the process: a listener of the metrics or a transport of the application's may throw whatever it likes.
                DhtNodeLog.TimerFailed(_logger, exception);
                _timerDue = now + TimerRetry;
                _timer?.Change(TimerRetry, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Sends what the node wants sent and sets the timer. Called with the gate held, after everything that may have changed the node.</summary>
    private void Flush(TimeSpan now)
    {
        if (!_isStarted || _isDisposed)
            return;
        int length;
        while ((length = _node.PollTransmit(_buffer, now, out PeerEndPoint destination)) > 0)
        {
            _sent++;
            (destination.IsIPv4 ? _ipv4 : _ipv6)?.Send(_buffer.AsSpan(0, length), destination);
        }
        if (!_hasJoined && HasNode(_node))
        {
            _hasJoined = true;
            DhtNodeLog.Joined(_logger);
        }
        _waiters.Look();
        // An earlier time moves the timer; a later one lets it fire and look again.
        TimeSpan due = _node.NextTimeout;
        if (due >= _timerDue || _timer is null)
            return;
        _timerDue = due;
        // Up to the next millisecond: the system's timers cut the rest off, and would fire in vain until it has passed.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((due - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    /// <summary>What a transport talks to. The gate is held for a batch, not for each datagram.</summary>
    private sealed class Receiver(DhtNode owner) : IDatagramReceiver
    {
        private TimeSpan _now;

        public void BeginBatch()
        {
            owner._gate.Enter();
            _now = owner.Now;
        }

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
        {
            owner._received++;
            int length = owner._node.Receive(datagram, source, _now, reply);
            owner._sent += length > 0 ? 1 : 0;
            return length;
        }

        public void EndBatch()
        {
            try
            {
                owner.Flush(_now);
            }
            finally
            {
                owner._gate.Exit();
            }
        }
    }
}
