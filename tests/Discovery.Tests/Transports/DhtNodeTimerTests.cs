using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class DhtNodeTimerTests
{
    /// <summary>An exception that leaves a timer's callback ends the process.</summary>
    [Test]
    public async Task NothingThatATransportThrowsLeavesTheTimerOrStopsIt()
    {
        VirtualTimeProvider time = new();
        BrokenTransport transport = new();
        await using DhtNode node = new([transport], new() { TimeProvider = time, Random = new Random(1), Kademlia = new() { Budget = null } });
        node.Start();
        node.AddRouter(PeerEndPoint.Parse("10.0.0.1:6881"));
        Assert.That(() => time.Advance(TimeSpan.FromSeconds(30)), Throws.Nothing);
        Assert.ThrowsAsync<InvalidOperationException>(async () => await node.PingAsync(PeerEndPoint.Parse("10.0.0.3:6881")));
        Assert.That(node.RunningOperations, Is.Zero, "nobody waits for it");
        int tried = transport.Tried;
        Assert.That(tried, Is.Positive);
        transport.IsBroken = false;
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(transport.Tried, Is.GreaterThan(tried), "it goes on");
    }

    private sealed class BrokenTransport : IDatagramTransport
    {
        public bool IsBroken { get; set; } = true;

        public int Tried { get; private set; }

        public PeerEndPoint LocalEndPoint { get; } = PeerEndPoint.Parse("10.0.0.2:6881");

        public void Start(IDatagramReceiver receiver) { }

        public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
        {
            Tried++;
            return IsBroken ? throw new InvalidOperationException("no cable") : true;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
