using Discovery.Simulation;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class DhtNodeWaitTests
{
    private readonly VirtualTimeProvider _time = new();

    [Test]
    public async Task ABootstrapHostThatAnswersIsSomebodyToAskThoughItEntersNoTable()
    {
        using InMemoryNetwork network = new(_time, 1);
        await using DhtNode router = Start(network, "10.0.0.1:1"), node = Start(network, "10.0.0.2:2");
        node.AddRouter(PeerEndPoint.Parse("10.0.0.1:1"));
        Task answered = node.WaitForAnswerAsync(CancellationToken.None), contact = node.WaitForContactAsync();
        await _time.AdvanceUntilAsync(() => answered.IsCompleted);
        Assert.That(contact.IsCompleted, Is.False);
    }

    [Test]
    public async Task AWaitEndsWithItsTokenAndWithTheNode()
    {
        using InMemoryNetwork network = new(_time, 1);
        DhtNode node = Start(network, "10.0.0.1:1");
        using CancellationTokenSource source = new();
        Task cancelled = node.WaitForTableSizeAsync(1, source.Token), disposed = node.WaitForTableSizeAsync(1, CancellationToken.None);
        await source.CancelAsync();
        await node.DisposeAsync();
        Assert.Multiple(() =>
        {
            Assert.ThrowsAsync<TaskCanceledException>(() => cancelled);
            Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
        });
    }

    private DhtNode Start(InMemoryNetwork network, string endPoint)
    {
        DhtNode node = new([network.CreateTransport(PeerEndPoint.Parse(endPoint))], new() { TimeProvider = _time });
        node.Start();
        return node;
    }
}
