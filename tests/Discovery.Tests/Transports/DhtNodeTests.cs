using System.Diagnostics;
using System.Net;
using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class DhtNodeTests
{
    private static readonly PeerEndPoint Router = PeerEndPoint.Parse("10.0.0.1:6881"), Nobody = PeerEndPoint.Parse("10.9.9.9:9");
    private static readonly NodeId Target = NodeId.CreateRandom(new Random(1));

    private readonly List<DhtNode> _nodes = [];
    private VirtualTimeProvider _time = null!;
    private InMemoryNetwork _network = null!;

    [SetUp]
    public void Open()
    {
        _time = new();
        _network = new(_time, 1);
    }

    [TearDown]
    public async Task Close()
    {
        foreach (DhtNode node in _nodes)
            await node.DisposeAsync();
        _nodes.Clear();
        _network.Dispose();
    }

    private DhtNode Create(string endPoint, ReadOnlyMemory<byte> state = default)
    {
        DhtNode node = new([_network.CreateTransport(PeerEndPoint.Parse(endPoint))], new() { TimeProvider = _time, Random = new Random(_nodes.Count), SavedState = state });
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node whose only contact never answers: what it asks goes on until somebody ends it.</summary>
    private DhtNode Lonely()
    {
        DhtNode node = Create("10.0.0.2:6881");
        node.Start();
        node.AddRouter(Nobody);
        return node;
    }

    private DhtNode CreateDualStack(int host)
    {
        PeerEndPoint ipv4 = PeerEndPoint.Parse($"10.0.0.{host}:6881"), ipv6 = PeerEndPoint.Parse($"[fd00::{host}]:6882");
        DhtNode node = new([_network.CreateTransport(ipv4), _network.CreateTransport(ipv6)], new() { TimeProvider = _time, Random = new Random(host) });
        _nodes.Add(node);
        node.Start();
        return node;
    }

    private async Task<DhtNode[]> NetworkAsync(int count = 12)
    {
        for (int i = 1; i <= count; i++)
        {
            DhtNode node = Create($"10.0.0.{i}:6881");
            node.Start();
            if (i > 1)
                node.AddRouter(Router);
        }
        await _time.AdvanceUntilAsync(() => _nodes.TrueForAll(static node => node.TableSize >= 8), TimeSpan.FromMilliseconds(50));
        return [.. _nodes];
    }

    [TestCase("", "10.0.0.1:6881 [fd00::1]:6882")]
    [TestCase("192.0.2.1:7001 192.0.2.2:7003", "10.0.0.1:7001 [fd00::1]:6882")]
    [TestCase("192.0.2.1:7001 [2001:db8::1]:7002", "10.0.0.1:7001 [fd00::1]:7002")]
    public async Task EachFamilyAnnouncesThePortThatIsItsOwn(string advertised, string found)
    {
        DhtNode node = CreateDualStack(1), other = CreateDualStack(2);
        foreach (PeerEndPoint endPoint in other.LocalEndPoints)
            await _time.AdvanceUntilAsync(node.PingAsync(endPoint));
        IPEndPoint[] endPoints = [.. advertised.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPEndPoint.Parse)];
        DhtStored stored = await _time.AdvanceUntilAsync(node.AnnounceAsync(Target, endPoints, CancellationToken.None));
        Assert.That(stored.Acknowledged, Is.EqualTo(2));
        List<PeerEndPoint> peers = await _time.AdvanceUntilAsync(other.GetPeersAsync(Target).ToListAsync());
        Assert.That(peers, Is.EquivalentTo(found.Split(' ').Select(static text => PeerEndPoint.Parse(text))));
    }

    [Test]
    public async Task WalksOfItsOwnAreTracedToo()
    {
        List<Activity> activities = [];
        using ActivityListener traces = new()
        {
            ShouldListenTo = static source => source.Name == "Discovery",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (activities) activities.Add(activity); },
        };
        ActivitySource.AddActivityListener(traces);
        await NetworkAsync();
        TimeSpan later = _time.Elapsed + TimeSpan.FromSeconds(10);
        await _time.AdvanceUntilAsync(() => _time.Elapsed > later, TimeSpan.FromMilliseconds(50));
        Activity[] walks = [.. activities.Where(static activity => activity.GetTagItem("purpose") is not null)];
        Assert.Multiple(() =>
        {
            Assert.That(walks.Select(static walk => walk.GetTagItem("purpose")).Distinct(), Is.EquivalentTo(new[] { "join", "look-round" }));
            Assert.That(walks, Has.All.Matches<Activity>(static walk => walk.OperationName == "find_node" && walk.Parent is null));
            Assert.That(walks, Has.Some.Matches<Activity>(static walk => walk.Duration > TimeSpan.Zero && (int)walk.GetTagItem("answered")! > 0));
        });
    }

    [Test]
    public async Task EveryDisposalCompletesWhenAllIsClosed()
    {
        SlowTransport transport = new();
        DhtNode node = new([transport], new() { TimeProvider = _time });
        ValueTask first = node.DisposeAsync(), second = node.DisposeAsync();
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        transport.Closed.SetResult();
        await first;
        await second;
        await node.DisposeAsync();
    }

    private sealed class SlowTransport : IDatagramTransport
    {
        public TaskCompletionSource Closed { get; } = new();

        public PeerEndPoint LocalEndPoint => Router;

        public void Start(IDatagramReceiver receiver) { }

        public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination) => false;

        public ValueTask DisposeAsync() => new(Closed.Task);
    }

    [Test]
    public async Task ItsLifeHasAnOrder()
    {
        Assert.Throws<ArgumentException>(() => _ = new DhtNode([]));
        DhtNode node = Create("10.0.0.1:1");
        Assert.ThrowsAsync<InvalidOperationException>(async () => await node.FindNodeAsync(Target));
        node.Start();
        Assert.Throws<InvalidOperationException>(node.Start);
        DhtNode taken = Create("10.0.0.1:1");
        Assert.Throws<System.Net.Sockets.SocketException>(taken.Start);
        await node.DisposeAsync();
        await node.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(node.Start);
        Assert.ThrowsAsync<ObjectDisposedException>(async () => await node.FindNodeAsync(Target));
        Assert.ThrowsAsync<ObjectDisposedException>(async () => await node.PingAsync(Router));
        Assert.ThrowsAsync<ObjectDisposedException>(async () => await node.WaitForContactAsync());
        node.AddRouter(Router);
        await Create("10.0.0.3:1").DisposeAsync();
    }

    [Test]
    public async Task CancellationEndsAWalkAndLeavesNothingBehind()
    {
        DhtNode node = Lonely();
        using CancellationTokenSource source = new();
        Task[] running =
        [
            node.FindNodeAsync(Target, source.Token).AsTask(), node.AnnounceAsync(Target, 5, source.Token).AsTask(), node.GetItemAsync(Target, default, source.Token).AsTask(),
            node.PutItemAsync(FoundItem.Immutable("5:hello"u8.ToArray()), null, source.Token).AsTask(), node.SampleAsync(Target, source.Token).AsTask(),
            node.PingAsync(Nobody, source.Token).AsTask(), CollectAsync(node.GetPeersAsync(Target, source.Token)),
        ];
        Assert.That((node.RunningOperations, running.Any(static task => task.IsCompleted)), Is.EqualTo((7, false)));
        await source.CancelAsync();
        foreach (Task task in running)
            Assert.That(async () => await task, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(node.RunningOperations, Is.Zero);
        Assert.ThrowsAsync<OperationCanceledException>(async () => await node.FindNodeAsync(Target, source.Token));
        Assert.That(node.RunningOperations, Is.Zero);
    }

    [Test]
    public async Task DisposeEndsWhatRunsWithObjectDisposedException()
    {
        DhtNode node = Lonely();
        Task[] running = [node.FindNodeAsync(Target).AsTask(), node.PingAsync(Nobody).AsTask(), CollectAsync(node.GetPeersAsync(Target)), node.WaitForContactAsync()];
        await node.DisposeAsync();
        foreach (Task task in running)
            Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        Assert.That(node.RunningOperations, Is.Zero);
    }

    [Test]
    public async Task WhoDoesNotAnswerIsGivenUp()
    {
        DhtNode node = Lonely();
        Assert.That(await _time.AdvanceUntilAsync(node.PingAsync(Nobody), TimeSpan.FromMilliseconds(50)), Is.Null);
        Assert.That(await node.PingAsync(PeerEndPoint.Parse("[2001:db8::1]:1")), Is.Null, "no socket of that family");
        Assert.That(await node.PingAsync(Nobody.WithPort(0)), Is.Null);
        DhtNodes found = await _time.AdvanceUntilAsync(node.FindNodeAsync(Target), TimeSpan.FromMilliseconds(50));
        Assert.That((found.Nodes.Count, found.Statistics.Queried, found.Statistics.Answered), Is.EqualTo((0, 2, 0)), "the nearest is asked twice");
        DhtStored stored = await _time.AdvanceUntilAsync(node.AnnounceAsync(Target, 7), TimeSpan.FromMilliseconds(50));
        Assert.That((stored.Asked, stored.Acknowledged), Is.EqualTo((0, 0)), "nobody to tell is told as such");
        Assert.That(node.RunningOperations, Is.Zero);
    }

    [Test]
    public async Task ArgumentsAreCheckedAtTheCall()
    {
        await using DhtNode node = Lonely();
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await node.AnnounceAsync(Target, 65536));
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await node.AnnounceAsync(Target, -1));
        Assert.ThrowsAsync<ArgumentException>(async () => await node.GetItemAsync(Target, new byte[65]));
        Assert.ThrowsAsync<ArgumentNullException>(async () => await node.PutItemAsync(null!));
    }

    [Test]
    public async Task OneStoresAndAnotherFinds()
    {
        DhtNode[] nodes = await NetworkAsync();
        DhtPing? ping = await _time.AdvanceUntilAsync(nodes[3].PingAsync(PeerEndPoint.Parse("10.0.0.6:6881")));
        Assert.That((ping!.Id, ping.Rtt > TimeSpan.Zero), Is.EqualTo((nodes[5].IdIPv4!.Value, true)));
        DhtStored stored = await _time.AdvanceUntilAsync(nodes[2].AnnounceAsync(Target, 77));
        Assert.That((stored.Acknowledged, stored.Asked), Is.EqualTo((stored.Asked, stored.Asked)));
        Assert.That(stored.Acknowledged, Is.GreaterThanOrEqualTo(8));
        ValueTask<List<PeerEndPoint>> peers = new(CollectAsync(nodes[9].GetPeersAsync(Target)));
        Assert.That(await _time.AdvanceUntilAsync(peers), Is.EqualTo(new[] { PeerEndPoint.Parse("10.0.0.3:77") }));

        using PeerIdentity identity = PeerIdentity.FromSeed(new byte[32]);
        foreach (long sequence in new[] { 1L, 2L, 3L })
        {
            FoundItem item = FoundItem.Mutable(SignedItem.Create(identity, "salt"u8, sequence, System.Text.Encoding.ASCII.GetBytes($"i{sequence}e")));
            DhtStored put = await _time.AdvanceUntilAsync(nodes[4].PutItemAsync(item));
            Assert.That(put.Acknowledged, Is.EqualTo(put.Asked).And.GreaterThanOrEqualTo(8));
            if (sequence > 1)
                Assert.That(put.Statistics.Queried, Is.EqualTo(put.Asked), "the tokens of the first walk serve again and again");
            DhtItem got = await _time.AdvanceUntilAsync(nodes[8].GetItemAsync(item.Target, "salt"u8.ToArray()));
            Assert.That((got.Item!.Sequence, got.Forged), Is.EqualTo((sequence, 0)));
        }
        FoundItem again = FoundItem.Mutable(SignedItem.Create(identity, "salt"u8, 4, "i4e"u8));
        DhtStored refused = await _time.AdvanceUntilAsync(nodes[4].PutItemAsync(again, cas: 1));
        Assert.That((refused.Acknowledged, refused.Statistics.Errors.GetValueOrDefault(301)), Is.EqualTo((0, refused.Asked)));
        DhtSamples samples = await _time.AdvanceUntilAsync(nodes[7].SampleAsync(Target));
        Assert.That(samples.InfoHashes, Is.EqualTo(new[] { Target }));
    }

    [Test]
    public async Task LeavingTheLoopOfPeersEndsTheWalk()
    {
        DhtNode[] nodes = await NetworkAsync();
        for (int i = 2; i < 6; i++)
            await _time.AdvanceUntilAsync(nodes[i].AnnounceAsync(Target));
        ValueTask<PeerEndPoint> first = new(FirstAsync());
        Assert.That((await _time.AdvanceUntilAsync(first)).Port, Is.EqualTo(6881));
        Assert.That(nodes[10].RunningOperations, Is.Zero);
        ValueTask<List<PeerEndPoint>> all = new(CollectAsync(nodes[10].GetPeersAsync(Target)));
        Assert.That((await _time.AdvanceUntilAsync(all)).Select(static peer => peer.ToString()).Order(), Is.EqualTo(Enumerable.Range(3, 4).Select(static i => $"10.0.0.{i}:6881")));

        async Task<PeerEndPoint> FirstAsync()
        {
            await foreach (PeerEndPoint peer in nodes[10].GetPeersAsync(Target))
                return peer;
            throw new AssertionException("nobody was found");
        }
    }

    [Test]
    public async Task ASavedNodeComesBackWithItsIdAndWithoutARouter()
    {
        DhtNode[] nodes = await NetworkAsync();
        byte[] state = nodes[7].Save();
        NodeId id = nodes[7].IdIPv4!.Value;
        await nodes[7].DisposeAsync();
        await nodes[0].DisposeAsync();
        DhtNode back = Create("10.0.0.8:6881", state);
        Assert.That((back.IsRestored, back.IdIPv4), Is.EqualTo((true, (NodeId?)id)));
        back.Start();
        Task contact = back.WaitForContactAsync();
        await _time.AdvanceUntilAsync(() => contact.IsCompleted && back.TableSize >= 8);
        state[30] ^= 1;
        Assert.That(Create("10.0.0.99:1", state).IsRestored, Is.False);
    }

    private static async Task<List<PeerEndPoint>> CollectAsync(IAsyncEnumerable<PeerEndPoint> peers)
    {
        List<PeerEndPoint> all = [];
        await foreach (PeerEndPoint peer in peers)
            all.Add(peer);
        return all;
    }
}
