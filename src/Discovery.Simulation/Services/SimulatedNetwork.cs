using System.Runtime.CompilerServices;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Services;
using Discovery.Transports;

namespace Discovery.Simulation;

/// <summary>A network of virtual peers in virtual time, to test an application with: its own services (<see cref="CreateBuilder"/>) find a thousand peers, lose them and recover, in seconds.</summary>
/// <remarks>
/// <para>One queue of events moves all. Virtual time passes only in <see cref="RunAsync(Func{Task}, TimeSpan?)"/> and <see cref="AdvanceAsync"/>, and there only when the application has nothing left
/// to do: when the thread pool is idle. Whatever waits for time must wait for that of <see cref="Time"/>, and whoever waits outside a run for a service waits for ever.</para>
/// <para>Work that keeps a thread of the pool for longer than <see cref="Patience"/> does not hold time up any more, and what waits for the real world (a socket, a process) never does: time flies meanwhile,
/// unless <see cref="HoldTime"/> stops it. Networks that run at the same time share the pool and take turns: neither is in the other's time.</para>
/// <para>The seed fixes the keys and end points of virtual peers and hosts in the order in which they are added, what those know and have announced that are there before any service is, and round-trip times. With
/// virtual peers alone it fixes every datagram. Services draw chances of their own, and in which order their continuations run that are ready at the same moment is up to the thread pool: which datagrams are lost, how many
/// there are, and which of several good peers is found vary a little from run to run.</para>
/// <para>Thread-safe. Only IPv4, and no multicast: leave the local layer out, which would use the real network.</para>
/// </remarks>
public sealed partial class SimulatedNetwork : IDisposable
{
    private const int NamedContacts = 8;
    private const int MostPeers = 100_000;

    // Taken before any lock of a service, never while one is held.
    private readonly Lock _gate = new();
    private readonly DhtWorld _world;
    private readonly VirtualPeers _peers;
    private readonly InMemoryTopology _topology = new();

    // Of each address behind a NAT the one that the world sees, with port 0.
    private readonly Dictionary<PeerEndPoint, PeerEndPoint> _outside = [];
    private readonly List<SimulatedTransport> _transports = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    /// <summary>An empty network.</summary>
    /// <param name="name">The network's name, under which peers find each other: that of <see cref="DiscoveryServiceBuilder"/>.</param>
    /// <param name="seed">What the virtual peers and the chances of the network are drawn from.</param>
    /// <param name="conditions">What it does to datagrams; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is empty, blank, or has a NUL character.</exception>
    public SimulatedNetwork(string name, ulong seed, NetworkConditions? conditions = null)
    {
        NetworkTopic.ThrowUnlessName(name);
        Name = name;
        _world = new(seed, new KademliaOptions(), conditions ?? new());
        _world.Internet.Connects = (from, to) => _topology.Connects(from, to);
        _peers = new(_world, name, Time, new SimulationRandom(~seed));
        Bootstrap = new SimulatedContacts(this);
    }

    /// <summary>The network's name.</summary>
    public string Name { get; }

    /// <summary>Its time, which begins at 2026-01-01 00:00 UTC. It can be read at any time, and moves only in a run.</summary>
    public VirtualTimeProvider Time { get; } = new(nameof(SimulatedNetwork));

    /// <summary>First contacts: up to 8 virtual peers, chosen anew for whoever reads it from those that live then.</summary>
    public IBootstrapSource Bootstrap { get; }

    /// <summary>What the network does to datagrams. A change applies to what is sent from then on.</summary>
    public NetworkConditions Conditions
    {
        get => Locked(() => _world.Internet.Conditions);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Locked(() => _world.Internet.Conditions = value);
        }
    }

    /// <summary>All virtual peers, in the order in which they were added, those that are down included.</summary>
    public IReadOnlyList<VirtualPeer> Peers => Locked(() => _peers.All.ToArray());

    /// <summary>Datagrams that have arrived so far.</summary>
    public long Datagrams => Locked(() => _world.Internet.Delivered);

    /// <summary>The hash over all events so far.</summary>
    internal ulong History => Locked(() => _world.Internet.History);

    /// <summary>Adds virtual peers that offer these capabilities. They are there at once, and as if they had been for long: they know their neighbours and are announced.</summary>
    /// <param name="count">How many: 1 to 100 000, each of 30 to 65 KiB.</param>
    /// <param name="capabilities">What each offers.</param>
    /// <returns>Those that were added.</returns>
    /// <exception cref="ArgumentException">A <see cref="DiscoveryOptions.Capabilities"/> cannot be, or all of them do not fit into a record.</exception>
    /// <exception cref="ArgumentNullException">There is no list of capabilities.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is not within its range.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public IReadOnlyList<VirtualPeer> AddPeers(int count, params IReadOnlyList<string> capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        return AddPeers(count, new DiscoveryOptions { Capabilities = capabilities });
    }

    /// <summary>Adds virtual peers that say these things of themselves.</summary>
    /// <param name="count">How many: 1 to 100 000, each of 30 to 65 KiB.</param>
    /// <param name="profile">Capabilities, region, capacity, protocols, service addresses, record lifetime and announcement interval are taken from here; the rest has no meaning for them.</param>
    /// <returns>Those that were added.</returns>
    /// <exception cref="ArgumentException">What they say does not fit into a record; then none is added.</exception>
    /// <exception cref="ArgumentNullException">There is no profile.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is not within its range.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public IReadOnlyList<VirtualPeer> AddPeers(int count, DiscoveryOptions profile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPeers);
        ArgumentNullException.ThrowIfNull(profile);
        return Locked(() => _peers.Add(count, profile));
    }

    /// <summary>The virtual peer with a key; null when there is none.</summary>
    public VirtualPeer? Find(PeerId id) => Locked(() => _peers.Find(id));

    /// <summary>Lets virtual peers vanish without a farewell. Those that are down stay so.</summary>
    /// <exception cref="ArgumentException">One is null or of another network; then all stay as they were.</exception>
    public void Kill(params IEnumerable<VirtualPeer> peers) => ForEach(peers, _peers.Kill);

    /// <summary>Starts virtual peers again that are down: with the same key and address and the nodes they knew, but without what others had stored there. They are announced again after some seconds.</summary>
    /// <exception cref="ArgumentException">One is null or of another network; then all stay as they were.</exception>
    public void Revive(params IEnumerable<VirtualPeer> peers) => ForEach(peers, _peers.Revive);

    /// <summary>Pulls the plug of end points: nothing reaches them or leaves them, and whoever is there goes on. Port 0 stands for every port of an address.</summary>
    /// <param name="endPoints">A virtual peer is at <see cref="VirtualPeer.EndPoint"/>, a service at its <c>Self.EndPoints</c> once it is initialized, of which that behind a NAT stands for all that the NAT sends for it.</param>
    /// <exception cref="ArgumentException">There are none, or one is not of IPv4.</exception>
    public void Unplug(params IEnumerable<PeerEndPoint> endPoints) => Cut(endPoints, all => Array.ForEach(all, _topology.Unplug));

    /// <summary>Undoes <see cref="Unplug"/>.</summary>
    /// <param name="endPoints">As for <see cref="Unplug"/>.</param>
    /// <exception cref="ArgumentException">There are none, or one is not of IPv4.</exception>
    public void Plug(params IEnumerable<PeerEndPoint> endPoints) => Cut(endPoints, all => Array.ForEach(all, _topology.Plug));

    /// <summary>Cuts these end points off from all others, though not from each other. Each call makes one more island. What is on its way arrives.</summary>
    /// <param name="island">As for <see cref="Unplug"/>.</param>
    /// <exception cref="ArgumentException">There are none, or one is not of IPv4.</exception>
    public void Partition(params IEnumerable<PeerEndPoint> island) => Cut(island, _topology.Partition);

    /// <summary>Joins all islands again. What is unplugged stays so.</summary>
    public void Heal() => Locked(_topology.Heal);

    /// <summary>Ends it: runs that have not ended fail with <see cref="ObjectDisposedException"/>, and time stands for good. Services are the caller's, to be disposed of before.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _world.Dispose();
            _peers.Dispose();
        }
        End(new ObjectDisposedException(nameof(SimulatedNetwork)));
    }

    /// <summary>Fails all runs, also later ones.</summary>
    private void End(Exception reason)
    {
        _ended.TrySetException(reason);
        _ = _ended.Task.Exception; // Observed, though nothing may run.
    }

    private void ForEach(IEnumerable<VirtualPeer> peers, Action<VirtualPeer> action)
    {
        ArgumentNullException.ThrowIfNull(peers);
        VirtualPeer[] all = [.. peers];
        Locked(() =>
        {
            foreach (VirtualPeer? peer in all)
                if (peer is null || _peers.Find(peer.Id) != peer)
                    throw new ArgumentException(peer is null ? "One of the peers is null." : $"{peer} is a peer of another network.", nameof(peers));
            Array.ForEach(all, action);
        });
    }

    private void Cut(IEnumerable<PeerEndPoint> endPoints, Action<PeerEndPoint[]> action, [CallerArgumentExpression(nameof(endPoints))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(endPoints, name);
        PeerEndPoint[] all = [.. endPoints];
        if (all.Length == 0)
            throw new ArgumentException("There is no end point. A service has none before it is initialized.", name);
        foreach (PeerEndPoint endPoint in all)
            if (!endPoint.IsIPv4)
                throw new ArgumentException($"Nobody is at {endPoint}: the network has IPv4 alone.", name);
        Locked(() => action([.. all.Select(endPoint => _outside.GetValueOrDefault(endPoint.AddressKey, endPoint))]));
    }

    private void Locked(Action action) => Locked(() =>
    {
        action();
        return true;
    });

    private T Locked<T>(Func<T> function)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return function();
        }
    }
}
