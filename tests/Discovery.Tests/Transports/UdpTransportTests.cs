using System.Net;
using System.Net.Sockets;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

[TestFixture(true)]
[TestFixture(false)]
public sealed class UdpTransportTests(bool batched)
{
    private static readonly PeerEndPoint s_loopback = new(IPAddress.Loopback, 0);

    private UdpTransportOptions Options => new() { UseBatchedSystemCalls = batched };

    private UdpTransport Started(IDatagramReceiver receiver, PeerEndPoint? listen = null)
    {
        UdpTransport transport = new(listen ?? s_loopback, Options);
        transport.Start(receiver);
        return transport;
    }

    [TestCase("127.0.0.1:0")]
    [TestCase("[::1]:0")]
    public async Task Answers_reach_the_sender(string listen)
    {
        RecordingReceiver server = new(data => [.. data, 0xAA]), client = new();
        await using UdpTransport echo = Started(server, PeerEndPoint.Parse(listen)), asking = Started(client, PeerEndPoint.Parse(listen));
        for (byte i = 0; i < 100; i++)
            Assert.That(asking.Send([i, 1, 2], echo.LocalEndPoint), Is.True);
        client.WaitFor(100);

        Assert.That(client.Datagrams.Select(d => d.Data), Is.EquivalentTo(Enumerable.Range(0, 100).Select(i => new byte[] { (byte)i, 1, 2, 0xAA })));
        Assert.That(client.Datagrams.Select(d => d.Source).Distinct(), Is.EqualTo(new[] { echo.LocalEndPoint }));
        Assert.That(server.Datagrams.Select(d => d.Source).Distinct(), Is.EqualTo(new[] { asking.LocalEndPoint }));
        Assert.That(server.Overlapped || client.Overlapped, Is.False);
        Assert.That(client.Batches, Is.InRange(1, 100));
        await asking.DisposeAsync();
        await echo.DisposeAsync();
        Assert.That(echo.Counts, Is.EqualTo(new DatagramCounts(100, 300, 100, 400, 0, 0, 0, 0, 0)));
        Assert.That(asking.Counts, Is.EqualTo(new DatagramCounts(100, 400, 100, 300, 0, 0, 0, 0, 0)));
    }

    [Test]
    public async Task Sizes_are_kept_from_nothing_to_2048_and_longer_datagrams_are_dropped()
    {
        RecordingReceiver receiver = new();
        await using UdpTransport transport = Started(receiver);
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        int[] sizes = [0, 1, 1472, 65507, 2049, 2048, 0, 3];
        foreach (int size in sizes)
        {
            byte[] data = new byte[size];
            new Random(size).NextBytes(data);
            stranger.SendTo(data, transport.LocalEndPoint.ToIPEndPoint());
        }
        receiver.WaitFor(6);

        Assert.That(receiver.Datagrams.Select(d => d.Data.Length), Is.EqualTo(new[] { 0, 1, 1472, 2048, 0, 3 }));
        foreach ((byte[] data, _) in receiver.Datagrams)
        {
            byte[] expected = new byte[data.Length];
            new Random(data.Length).NextBytes(expected);
            Assert.That(data, Is.EqualTo(expected));
        }
        await transport.DisposeAsync();
        Assert.That(transport.Counts, Is.EqualTo(new DatagramCounts(6, 3524, 0, 0, 2, 0, 0, 0, 0)));
    }

    [Test]
    public async Task A_reply_of_full_size_leaves_and_nothing_longer()
    {
        RecordingReceiver receiver = new(_ => Enumerable.Repeat((byte)7, 1472).ToArray()), client = new();
        await using UdpTransport transport = Started(receiver), asking = Started(client);
        Assert.That(asking.Send(new byte[1473], transport.LocalEndPoint), Is.False);
        Assert.That(asking.Send(new byte[1472], transport.LocalEndPoint), Is.True);
        client.WaitFor(1);
        Assert.That(client.Datagrams[0].Data, Is.EqualTo(Enumerable.Repeat((byte)7, 1472)));
        Assert.That(asking.Counts.DroppedTooLong, Is.EqualTo(1));
    }

    [Test]
    public async Task Sends_from_within_a_batch_arrive_once_each_and_leave_the_reply_alone()
    {
        const int Questions = 7;
        UdpTransport? server = null;
        RecordingReceiver left = new(), right = new();
        await using UdpTransport first = Started(left), second = Started(right);
        PeerEndPoint target = second.LocalEndPoint;
        // 40 from inside Receive and one reply, seven times over: more than a batch has slots.
        RecordingReceiver middle = new(data =>
        {
            for (byte i = 0; i < 40; i++)
                server!.Send([data[0], i], target);
            return [data[0], 0xFF, 0xFF];
        });
        await using (server = Started(middle))
        {
            for (byte i = 0; i < Questions; i++)
                first.Send([i], server.LocalEndPoint);
            left.WaitFor(Questions);
            right.WaitFor(Questions * 40);
        }
        Assert.That(left.Datagrams.Select(d => d.Data), Is.EquivalentTo(Enumerable.Range(0, Questions).Select(i => new byte[] { (byte)i, 0xFF, 0xFF })));
        Assert.That(right.Datagrams.Select(d => d.Data[0] * 40 + d.Data[1]).Order(), Is.EqualTo(Enumerable.Range(0, Questions * 40)));
    }

    [Test]
    public async Task Messages_the_system_refuses_do_not_hold_up_the_others_of_their_batch()
    {
        UdpTransport? server = null;
        RecordingReceiver client = new();
        // From 127.0.0.1 no other network can be reached.
        RecordingReceiver receiver = new(data =>
        {
            for (int i = 0; i < 5; i++)
                server!.Send([1], new PeerEndPoint(0xC6336401u + (uint)i, 9));
            return data;
        });
        await using UdpTransport asking = Started(client);
        await using (server = Started(receiver))
        {
            for (byte i = 0; i < 50; i++)
                asking.Send([i], server.LocalEndPoint);
            client.WaitFor(50);
        }
        Assert.That(server.Counts.DroppedUnsent, Is.EqualTo(250));
        Assert.That(server.Counts.Sent, Is.EqualTo(50));
    }

    [Test]
    public async Task A_sender_that_is_gone_does_not_end_reception()
    {
        RecordingReceiver receiver = new(data => data), client = new();
        await using UdpTransport transport = Started(receiver);
        for (int i = 0; i < 20; i++)
        {
            // The answer comes back as an ICMP "port unreachable".
            using Socket gone = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            gone.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            PeerEndPoint dead = PeerEndPoint.FromIPEndPoint((IPEndPoint)gone.LocalEndPoint!);
            gone.SendTo([1, 2, 3], transport.LocalEndPoint.ToIPEndPoint());
            gone.Dispose();
            transport.Send([4], dead);
        }
        receiver.WaitFor(20);
        await using UdpTransport asking = Started(client);
        asking.Send([9], transport.LocalEndPoint);
        client.WaitFor(1);
    }

    [Test]
    public async Task A_receiver_that_throws_loses_only_its_own_datagram()
    {
        RecordingReceiver client = new();
        ThrowingReceiver throwing = new();
        await using UdpTransport transport = Started(throwing), asking = Started(client);
        for (byte i = 0; i <= 36; i++) // the last one is answered
            asking.Send([i], transport.LocalEndPoint);
        client.WaitFor(10);
        Assert.That(client.Datagrams.Select(d => d.Data[0]), Is.EqualTo(Enumerable.Range(0, 10).Select(i => i * 4)));
        await transport.DisposeAsync();
        Assert.That(transport.Counts.ReceiverFailures, Is.EqualTo(27 + throwing.Batches * 2));
    }

    [Test]
    public async Task An_IPv6_transport_leaves_IPv4_to_others()
    {
        RecordingReceiver receiver = new(), other = new();
        await using UdpTransport six = Started(receiver, PeerEndPoint.Parse("[::]:0"));
        await using UdpTransport four = Started(other);
        PeerEndPoint samePort = new(IPAddress.Loopback, six.LocalEndPoint.Port);
        four.Send([4], samePort); // nobody of ours is there
        six.Send([6], PeerEndPoint.Parse($"[::1]:{samePort.Port}"));
        receiver.WaitFor(1);
        Assert.That(receiver.Datagrams[0], Is.EqualTo((new byte[] { 6 }, PeerEndPoint.Parse($"[::1]:{samePort.Port}"))));
    }

    [Test]
    public async Task A_port_in_use_is_named()
    {
        await using UdpTransport first = Started(new RecordingReceiver());
        await using UdpTransport second = new(first.LocalEndPoint, Options);
        SocketException? refused = Assert.Throws<SocketException>(() => second.Start(new RecordingReceiver()));
        Assert.That(refused!.SocketErrorCode, Is.EqualTo(SocketError.AddressAlreadyInUse));
        Assert.That(refused.Message, Does.Contain(first.LocalEndPoint.ToString()));
        Assert.That(second.Send([1], first.LocalEndPoint), Is.False);
    }

    [TestCase("127.0.0.1:0", "127.0.0.1:0")]
    [TestCase("127.0.0.1:0", "0.0.0.0:1")]
    [TestCase("127.0.0.1:0", "255.255.255.255:1")]
    [TestCase("127.0.0.1:0", "224.0.0.251:5353")]
    [TestCase("127.0.0.1:0", "[::1]:1")]
    [TestCase("[::1]:0", "[::]:1")]
    [TestCase("[::1]:0", "[ff02::fb]:5353")]
    [TestCase("[::1]:0", "127.0.0.1:1")]
    public async Task What_is_not_unicast_of_its_family_is_never_sent(string listen, string destination)
    {
        await using UdpTransport transport = Started(new RecordingReceiver(), PeerEndPoint.Parse(listen));
        Assert.That(transport.Send([1], PeerEndPoint.Parse(destination)), Is.False);
        Assert.That(transport.Counts, Is.EqualTo(default(DatagramCounts) with { DroppedAddress = 1 }));
    }

    [TestCase("127.0.0.1:0", "198.51.100.1:9")]
    [TestCase("[::1]:0", "[2001:db8::1]:9")]
    [TestCase("[::1]:0", "[fe80::1]:9")]
    public async Task What_cannot_be_reached_is_dropped_without_an_exception(string listen, string destination)
    {
        await using UdpTransport transport = Started(new RecordingReceiver(), PeerEndPoint.Parse(listen));
        bool sent = transport.Send([1], PeerEndPoint.Parse(destination));
        Assert.That(transport.Counts.Sent, Is.EqualTo(sent ? 1 : 0));
        Assert.That(transport.Counts.DroppedUnsent, Is.EqualTo(sent ? 0 : 1));
    }

    [Test]
    public async Task Allocates_nothing_per_datagram()
    {
        const int Warm = 2_000, Measured = 20_000, Window = 20;
        VolleyReceiver near = new(Warm, Measured), far = new(Warm, Measured);
        await using UdpTransport first = Started(near), second = Started(far);
        byte[] ball = new byte[100];
        for (int i = 0; i < Warm; i++)
            first.Send(ball, first.LocalEndPoint.WithPort(9));
        long sending = Allocations.Of(() =>
        {
            for (int i = 0; i < Window; i++)
                first.Send(ball, second.LocalEndPoint);
        });
        Task<long>[] receiving = [near.Allocated, far.Allocated];
        await Task.WhenAll(receiving).WaitAsync(TimeSpan.FromSeconds(30));

        // Each thread's own count, because the test host allocates on others.
        Assert.That(sending, Is.Zero);
        Assert.That(receiving.Select(r => r.Result), Is.All.LessThan(Measured));
    }

    private sealed class ThrowingReceiver : IDatagramReceiver
    {
        public int Batches { get; private set; }

        public void BeginBatch()
        {
            Batches++;
            throw new InvalidOperationException("begin");
        }

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
        {
            datagram.CopyTo(reply);
            return (datagram[0] % 4) switch
            {
                0 => 1,
                1 => reply.Length + 1,
                2 => -1,
                _ => throw new InvalidOperationException("receive"),
            };
        }

        public void EndBatch() => throw new InvalidOperationException("end");
    }

    /// <summary>Returns every ball, and notes what its thread allocated between the first measured one and the last.</summary>
    private sealed class VolleyReceiver(int warm, int measured) : IDatagramReceiver
    {
        private readonly TaskCompletionSource<long> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;
        private long _before;

        public Task<long> Allocated => _allocated.Task;

        public void BeginBatch() { }

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
        {
            _count++;
            if (_count == warm)
                _before = GC.GetAllocatedBytesForCurrentThread();
            if (_count == warm + measured)
                _allocated.SetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            datagram.CopyTo(reply);
            return datagram.Length;
        }

        public void EndBatch() { }
    }
}
