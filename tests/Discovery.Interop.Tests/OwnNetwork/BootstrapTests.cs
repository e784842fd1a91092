using System.Net.Sockets;
using Discovery.Interop.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.OwnNetwork;

/// <summary>How a node comes into a network that is not there yet, and back into one that it has left.</summary>
public sealed class BootstrapTests
{
    private static readonly DhtNodeOptions Impatient = new()
    {
        Kademlia = new() { Bootstrap = new() { MinDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(1) } },
    };

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(300));

    [OneTimeTearDown]
    public void TearDown() => _patience.Dispose();

    [Test]
    public async Task ABootstrapHostThatComesUpLaterIsFound()
    {
        using Socket silence = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silence.Bind(Loopback.EndPoint(71, 0).ToIPEndPoint());
        PeerEndPoint host = PeerEndPoint.FromIPEndPoint((System.Net.IPEndPoint)silence.LocalEndPoint!);
        await using DhtNode node = Nodes.Start([new UdpTransport(Loopback.EndPoint(72, 0))], Impatient, host);
        Task contact = node.WaitForContactAsync(_patience.Token);

        // It asks again while nobody answers, and again while the port is closed, which the system reports to it.
        byte[] query = new byte[2048];
        for (int i = 0; i < 3; i++)
            Assert.That(await silence.ReceiveAsync(query, _patience.Token), Is.Positive);
        silence.Close();
        Assert.That((node.TableSize, contact.IsCompleted), Is.EqualTo((0, false)));

        await using DhtNode router = Nodes.Start(host), member = Nodes.Start(Loopback.EndPoint(73, 0), host);
        await contact;
        NodeId topic = Nodes.RandomId();
        Assert.That((await node.AnnounceAsync(topic, 7001)).Acknowledged, Is.Positive);
        Assert.That(await member.PeersAsync(topic), Is.EqualTo([node.LocalEndPoints[0].WithPort(7001)]));
    }

    [Test]
    public async Task ASavedTableNeedsNoBootstrapHost()
    {
        await using DhtNode router = Nodes.Start(Loopback.EndPoint(74, 0));
        PeerEndPoint host = router.LocalEndPoints[0];
        DhtNode[] members = [.. Enumerable.Range(0, 12).Select(_ => Nodes.Start(Loopback.EndPoint(75, 0), host))];
        try
        {
            foreach (DhtNode member in members)
                await member.WaitForTableSizeAsync(8, _patience.Token);
            NodeId? id;
            byte[] saved;
            await using (DhtNode first = Nodes.Start(Loopback.EndPoint(76, 0), host))
            {
                await first.WaitForTableSizeAsync(8, _patience.Token);
                (id, saved) = (first.IdIPv4, first.Save());
            }
            await router.DisposeAsync();

            await using DhtNode second = Nodes.Start([new UdpTransport(Loopback.EndPoint(76, 0))], new() { SavedState = saved });
            Assert.That((second.IsRestored, second.IdIPv4), Is.EqualTo((true, id)));
            await second.WaitForTableSizeAsync(8, _patience.Token);
            NodeId topic = Nodes.RandomId();
            Assert.That((await second.AnnounceAsync(topic)).Acknowledged, Is.GreaterThanOrEqualTo(8));
            foreach (DhtNode member in members)
                Assert.That(await member.PeersAsync(topic), Is.EqualTo([second.LocalEndPoints[0]]));
        }
        finally
        {
            foreach (DhtNode member in members)
                await member.DisposeAsync();
        }
    }
}
