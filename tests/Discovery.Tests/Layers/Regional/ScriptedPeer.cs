using Discovery.Kademlia;
using Discovery.Transports;

namespace Discovery.Tests.Layers.Regional;

/// <summary>A peer that proves its key, and names whomever the test says.</summary>
internal sealed class ScriptedPeer : INetworkMember, IAsyncDisposable
{
    private readonly PeerIdentity _identity = PeerIdentity.Create();
    private readonly DhtNode _node;
    private int _identified, _asked, _introduced;

    public ScriptedPeer(InMemoryNetwork network, TimeProvider time, PeerEndPoint endPoint, DiscoveryOptions? options = null, params IEnumerable<PeerEndPoint> claims)
    {
        EndPoint = endPoint;
        Record = PeerRecord.Create(_identity, Network, options ?? new(), [endPoint, .. claims], SequenceClock.ToSequence(time.GetUtcNow()));
        _node = new([network.CreateTransport(endPoint)], new() { TimeProvider = time });
        _node.Start();
        _node.Serve(this);
    }

    public PeerEndPoint EndPoint { get; }

    public PeerId Id => _identity.Id;

    public DhtNode Node => _node;

    public NodeId Network { get; } = NetworkTopic.ForNetwork("test");

    public SignedItem Record { get; }

    /// <summary>Whom it names, in this order.</summary>
    public List<(PeerId Id, PeerEndPoint EndPoint)> Names { get; } = [];

    /// <summary>How often it proved its key.</summary>
    public int Identified => Volatile.Read(ref _identified);

    /// <summary>How often it was asked for neighbors.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Whether somebody who asked said where it is.</summary>
    public bool WasToldWhere { get; private set; }

    /// <summary>How often somebody introduced itself.</summary>
    public int Introduced => Volatile.Read(ref _introduced);

    public void Name(IEnumerable<ScriptedPeer> peers) => Names.AddRange(peers.Where(peer => peer != this).Select(static peer => (peer.Id, peer.EndPoint)));

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Interlocked.Increment(ref _identified);
        _identity.Sign(message, signature);
    }

    public int WriteCoordinate(Span<byte> destination) => 0;

    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination)
    {
        Interlocked.Increment(ref _asked);
        WasToldWhere |= coordinate.Length > 0;
        int count = Math.Min(destination.Length, Names.Count);
        for (int i = 0; i < count; i++)
            destination[i] = Names[i];
        return count;
    }

    public int Accept(SignedItem record, in PeerEndPoint source)
    {
        Interlocked.Increment(ref _introduced);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _identity.Dispose();
    }
}
