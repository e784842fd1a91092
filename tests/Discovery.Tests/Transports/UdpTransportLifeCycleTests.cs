using System.Net;
using System.Net.Sockets;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

[TestFixture(true)]
[TestFixture(false)]
public sealed class UdpTransportLifeCycleTests(bool batched)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly PeerEndPoint s_loopback = new(IPAddress.Loopback, 0);

    private UdpTransport Create(PeerEndPoint? listen = null) => new(listen ?? s_loopback, new UdpTransportOptions { UseBatchedSystemCalls = batched });

    [Test]
    public async Task Disposal_before_start_twice_and_after()
    {
        UdpTransport transport = Create();
        await transport.DisposeAsync();
        await transport.DisposeAsync();
        Assert.That(() => transport.Start(new RecordingReceiver()), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(transport.Send([1], new PeerEndPoint(IPAddress.Loopback, 9)), Is.False);

        UdpTransport started = Create();
        Assert.That(started.LocalEndPoint, Is.EqualTo(s_loopback));
        started.Start(new RecordingReceiver());
        Assert.That(started.LocalEndPoint.Port, Is.Not.Zero);
        Assert.That(() => started.Start(new RecordingReceiver()), Throws.InvalidOperationException);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await started.DisposeAsync()))).WaitAsync(s_patience);
        await started.DisposeAsync().AsTask().WaitAsync(s_patience);
        Assert.That(started.Send([1], new PeerEndPoint(IPAddress.Loopback, 9)), Is.False);
    }

    [Test]
    public async Task The_port_is_free_after_disposal()
    {
        UdpTransport first = Create();
        first.Start(new RecordingReceiver());
        PeerEndPoint local = first.LocalEndPoint;
        await first.DisposeAsync().AsTask().WaitAsync(s_patience);
        await using UdpTransport second = Create(local);
        Assert.That(() => second.Start(new RecordingReceiver()), Throws.Nothing);
    }

    [Test]
    public async Task Disposal_races_with_traffic_and_senders()
    {
        for (int i = 0; i < 200; i++)
        {
            UdpTransport transport = Create();
            LateCallReceiver receiver = new();
            transport.Start(receiver);
            PeerEndPoint self = transport.LocalEndPoint;
            using SemaphoreSlim running = new(0);
            Task sender = Task.Run(() =>
            {
                for (int sent = 0; sent < 10_000 && (transport.Send([1, 2, 3], self) || !receiver.Closed); sent++)
                {
                    if (sent == 0)
                        running.Release();
                }
            });
            Assert.That(await running.WaitAsync(s_patience), Is.True);
            await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
            receiver.Closed = true;
            await sender.WaitAsync(s_patience);
            Assert.That(receiver.CalledLate, Is.False);
        }
    }

    [Test]
    public async Task Disposal_races_with_start()
    {
        for (int i = 0; i < 200; i++)
        {
            UdpTransport transport = Create();
            Task start = Task.Run(() =>
            {
                try
                {
                    transport.Start(new RecordingReceiver());
                }
                catch (ObjectDisposedException)
                {
                    // Disposal came first.
                }
            });
            Task stop = Task.Run(async () => await transport.DisposeAsync());
            await Task.WhenAll(start, stop).WaitAsync(s_patience);
            await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
        }
    }

    [Test]
    public async Task Disposal_from_within_the_receiver_does_not_wait_for_itself()
    {
        UdpTransport transport = Create();
        using SemaphoreSlim disposed = new(0);
        RecordingReceiver receiver = new(_ =>
        {
            Assert.That(transport.DisposeAsync().IsCompleted, Is.True);
            disposed.Release();
            return null;
        });
        transport.Start(receiver);
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.SendTo([1], transport.LocalEndPoint.ToIPEndPoint());
        Assert.That(await disposed.WaitAsync(s_patience), Is.True);
        await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
        Assert.That(receiver.Datagrams, Has.Count.EqualTo(1));
        Assert.That(transport.Counts.ReceiverFailures, Is.Zero);
    }

    [Test]
    public async Task Many_transports_live_in_one_process()
    {
        RecordingReceiver client = new();
        await using UdpTransport asking = Create();
        asking.Start(client);
        UdpTransport[] all = [.. Enumerable.Range(0, 200).Select(_ => Create())];
        foreach (UdpTransport transport in all)
            transport.Start(new RecordingReceiver(data => data));
        foreach (UdpTransport transport in all)
            asking.Send([5], transport.LocalEndPoint);
        client.WaitFor(200);
        Assert.That(client.Datagrams.Select(d => d.Source), Is.EquivalentTo(all.Select(t => t.LocalEndPoint)));
        await Task.WhenAll(all.Select(t => t.DisposeAsync().AsTask())).WaitAsync(s_patience);
    }

    private sealed class LateCallReceiver : IDatagramReceiver
    {
        private volatile bool _closed, _calledLate;

        public bool Closed
        {
            get => _closed;
            set => _closed = value;
        }

        public bool CalledLate => _calledLate;

        public void BeginBatch() => _calledLate |= _closed;

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
        {
            _calledLate |= _closed;
            return 0;
        }

        public void EndBatch() => _calledLate |= _closed;
    }
}
