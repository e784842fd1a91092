using System.Net;
using System.Net.Sockets;
using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InMemoryNetworkTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private readonly VirtualTimeProvider _time = new();

    private static PeerEndPoint Host(int number) => new(0x0A000000u + (uint)number, 6881);

    private static InMemoryTransport Start(InMemoryNetwork network, int number, IDatagramReceiver receiver)
    {
        InMemoryTransport transport = network.CreateTransport(Host(number));
        transport.Start(receiver);
        return transport;
    }

    [Test]
    public void An_answer_takes_two_latencies_and_nothing_happens_before()
    {
        using InMemoryNetwork network = new(_time, 1, new() { Latency = TimeSpan.FromMilliseconds(20) });
        RecordingReceiver asked = new(data => [.. data, 2]), asking = new();
        InMemoryTransport server = Start(network, 1, asked), client = Start(network, 2, asking);
        Assert.That(client.Send([1], server.LocalEndPoint), Is.True);

        _time.Advance(TimeSpan.FromMilliseconds(20) - TimeSpan.FromTicks(1));
        Assert.That(asked.Datagrams, Is.Empty);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(asked.Datagrams, Has.Count.EqualTo(1));
        Assert.That(asked.Datagrams[0].Source, Is.EqualTo(client.LocalEndPoint));
        _time.Advance(TimeSpan.FromMilliseconds(20) - TimeSpan.FromTicks(1));
        Assert.That(asking.Datagrams, Is.Empty);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(asking.Datagrams[0], Is.EqualTo((new byte[] { 1, 2 }, server.LocalEndPoint)));
        Assert.That(server.Counts, Is.EqualTo(new DatagramCounts(1, 1, 1, 2, 0, 0, 0, 0, 0)));
    }

    [Test]
    public void Latency_may_depend_on_the_pair()
    {
        using InMemoryNetwork network = new(_time, 1, new() { LatencyBetween = (from, to) => TimeSpan.FromMilliseconds(10 * Math.Abs((int)from.IPv4Bits - (int)to.IPv4Bits)) });
        List<(int, double)> arrivals = [];
        RecordingReceiver receiver = new(data =>
        {
            arrivals.Add((data[0], _time.Elapsed.TotalMilliseconds));
            return null;
        });
        Start(network, 10, receiver);
        foreach (byte host in (byte[])[1, 5, 8, 11])
            Start(network, host, new RecordingReceiver()).Send([host], Host(10));
        _time.Advance(s_second);
        Assert.That(arrivals, Is.EqualTo(new[] { (11, 10.0), (8, 20.0), (5, 50.0), (1, 90.0) }));
    }

    [Test]
    public void A_datagram_sent_during_delivery_is_never_delivered_within_it()
    {
        using InMemoryNetwork network = new(_time, 1, new() { Latency = TimeSpan.Zero });
        InMemoryTransport? self = null;
        int depth = 0, deepest = 0, calls = 0;
        RecordingReceiver receiver = new(data =>
        {
            deepest = Math.Max(deepest, ++depth);
            if (++calls < 100)
                self!.Send(data, self.LocalEndPoint);
            depth--;
            return null;
        });
        self = Start(network, 1, receiver);
        self.Send([1], self.LocalEndPoint);
        Assert.That(calls, Is.Zero);
        _time.Advance(s_second);
        Assert.That((calls, deepest, receiver.Overlapped), Is.EqualTo((100, 1, false)));
    }

    [Test]
    public void One_seed_is_one_history_and_another_seed_another()
    {
        List<(double, byte, byte)> first = History(7), again = History(7), other = History(8);
        Assert.That(first, Is.EqualTo(again).And.Not.Empty);
        Assert.That(first, Is.Not.EqualTo(other));
    }

    private static List<(double, byte, byte)> History(int seed)
    {
        VirtualTimeProvider time = new();
        using InMemoryNetwork network = new(time, seed, new() { Loss = 0.2, Duplication = 0.2, Jitter = TimeSpan.FromMilliseconds(30) });
        List<(double, byte, byte)> history = [];
        InMemoryTransport[] all = new InMemoryTransport[5];
        for (byte host = 0; host < all.Length; host++)
        {
            byte me = host;
            all[host] = Start(network, host + 1, new RecordingReceiver(data =>
            {
                history.Add((time.Elapsed.TotalMilliseconds, me, data[0]));
                return data[0] < 20 ? [(byte)(data[0] + 1)] : null;
            }));
        }
        for (int i = 0; i < 20; i++)
            all[i % 5].Send([0], all[(i + i / 5 + 1) % 5].LocalEndPoint);
        time.Advance(s_second);
        return history;
    }

    [Test]
    public void Loss_and_duplication_come_as_often_as_asked_for()
    {
        const int Sent = 20_000;
        using InMemoryNetwork network = new(_time, 3, new() { Loss = 0.3, Duplication = 0.1, Jitter = TimeSpan.FromMilliseconds(9) });
        List<double> arrivals = [];
        RecordingReceiver receiver = new(_ =>
        {
            arrivals.Add(_time.Elapsed.TotalMilliseconds);
            return null;
        });
        Start(network, 1, receiver);
        InMemoryTransport client = Start(network, 2, new RecordingReceiver());
        for (int i = 0; i < Sent; i++)
            Assert.That(client.Send([1], Host(1)), Is.True);
        _time.Advance(s_second);
        Assert.That(arrivals.Count, Is.EqualTo(Sent * 0.7 * 1.1).Within(Sent * 0.02));
        Assert.That(arrivals, Is.All.InRange(1, 10));
        Assert.That(arrivals.Average(), Is.EqualTo(5.5).Within(0.1));

        network.Options = new() { Loss = 1 };
        client.Send([1], Host(1));
        network.Options = new();
        client.Send([1], Host(1));
        int before = arrivals.Count;
        _time.Advance(s_second);
        Assert.That(arrivals, Has.Count.EqualTo(before + 1));
    }

    [Test]
    public void Islands_reach_their_own_and_healing_joins_them()
    {
        using InMemoryNetwork network = new(_time, 1);
        RecordingReceiver[] receivers = [.. Enumerable.Range(0, 6).Select(_ => new RecordingReceiver())];
        InMemoryTransport[] hosts = [.. receivers.Select((r, i) => Start(network, i, r))];
        int[] reached = new int[6];

        string Reach()
        {
            foreach (InMemoryTransport from in hosts)
            {
                foreach (InMemoryTransport to in hosts)
                    from.Send([1], to.LocalEndPoint);
            }
            _time.Advance(s_second);
            string counts = string.Join(' ', receivers.Select((r, i) => r.Datagrams.Count - reached[i]));
            for (int i = 0; i < 6; i++)
                reached[i] = receivers[i].Datagrams.Count;
            return counts;
        }

        Assert.That(Reach(), Is.EqualTo("6 6 6 6 6 6"));
        network.Partition(Host(0), Host(1).WithPort(0));
        Assert.That(Reach(), Is.EqualTo("2 2 4 4 4 4"));
        network.Partition(Host(2), Host(3), Host(4));
        Assert.That(Reach(), Is.EqualTo("2 2 3 3 3 1"));
        network.Unplug(Host(3).WithPort(0));
        network.Unplug(Host(0));
        Assert.That(Reach(), Is.EqualTo("0 1 2 0 2 1"));
        network.Heal();
        Assert.That(Reach(), Is.EqualTo("0 4 4 0 4 4"));
        network.Plug(Host(3).WithPort(0));
        network.Plug(Host(0));
        Assert.That(Reach(), Is.EqualTo("6 6 6 6 6 6"));
    }

    [Test]
    public void What_is_on_its_way_to_an_unplugged_host_is_lost()
    {
        using InMemoryNetwork network = new(_time, 1);
        RecordingReceiver receiver = new();
        InMemoryTransport target = Start(network, 1, receiver);
        target.Send([1], target.LocalEndPoint);
        network.Unplug(target.LocalEndPoint);
        _time.Advance(s_second);
        network.Plug(target.LocalEndPoint);
        _time.Advance(s_second);
        Assert.That(receiver.Datagrams, Is.Empty);
    }

    [Test]
    public async Task Sends_and_receives_only_between_start_and_disposal()
    {
        using InMemoryNetwork network = new(_time, 1);
        RecordingReceiver receiver = new();
        InMemoryTransport transport = network.CreateTransport(Host(1).WithPort(0));
        Assert.That(transport.Send([1], Host(2)), Is.False);
        transport.Start(receiver);
        PeerEndPoint local = transport.LocalEndPoint;
        Assert.That(local.Port, Is.Not.Zero);
        Assert.That(() => transport.Start(receiver), Throws.InvalidOperationException);
        Assert.That(transport.Send(new byte[1472], local), Is.True);
        Assert.That(transport.Send(new byte[1473], local), Is.False);
        Assert.That(transport.Send([1], PeerEndPoint.Parse("255.255.255.255:1")), Is.False);
        Assert.That(transport.Send([1], PeerEndPoint.Parse("[::1]:1")), Is.False);
        Assert.That(transport.Send([1], Host(77)), Is.True);
        _time.Advance(s_second);
        Assert.That(receiver.Datagrams, Has.Count.EqualTo(1));

        InMemoryTransport rival = network.CreateTransport(local);
        Assert.That(Assert.Throws<SocketException>(() => rival.Start(receiver))!.SocketErrorCode, Is.EqualTo(SocketError.AddressAlreadyInUse));
        await rival.DisposeAsync();
        transport.Send([1], local);
        await transport.DisposeAsync();
        await transport.DisposeAsync();
        Assert.That(transport.Send([1], local), Is.False);
        _time.Advance(s_second);
        Assert.That(receiver.Datagrams, Has.Count.EqualTo(1));
        Assert.That(() => transport.Start(receiver), Throws.TypeOf<ObjectDisposedException>());

        await using InMemoryTransport successor = network.CreateTransport(local);
        successor.Start(receiver);
        Assert.That(() => network.CreateTransport(new PeerEndPoint(IPAddress.Any, 1)), Throws.ArgumentException);
        network.Dispose();
        Assert.That(successor.Send([1], local), Is.False);
        Assert.That(() => network.CreateTransport(Host(5)).Start(receiver), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_receiver_that_throws_loses_only_its_own_datagram()
    {
        using InMemoryNetwork network = new(_time, 1);
        RecordingReceiver receiver = new(data => data[0] == 1 ? throw new InvalidOperationException() : data), client = new();
        InMemoryTransport server = Start(network, 1, receiver), asking = Start(network, 2, client);
        for (byte i = 0; i < 3; i++)
            asking.Send([i], server.LocalEndPoint);
        _time.Advance(s_second);
        Assert.That(client.Datagrams.Select(d => d.Data[0]), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(server.Counts.ReceiverFailures, Is.EqualTo(1));
    }

    [Test]
    public async Task Runs_on_the_system_clock()
    {
        using InMemoryNetwork network = new(TimeProvider.System, 1, new() { Latency = TimeSpan.FromMicroseconds(100), Jitter = TimeSpan.FromMilliseconds(2) });
        RecordingReceiver server = new(data => data), client = new();
        await using InMemoryTransport answering = Start(network, 1, server), asking = Start(network, 2, client);
        for (int round = 0; round < 10; round++)
        {
            for (byte i = 0; i < 100; i++)
                asking.Send([i], answering.LocalEndPoint);
            client.WaitFor(100);
        }
        Assert.That(server.Overlapped || client.Overlapped, Is.False);
        Assert.That(client.Datagrams.Select(d => (int)d.Data[0]).Order(), Is.EqualTo(Enumerable.Range(0, 1000).Select(i => i / 10)));
    }

    [Test]
    public async Task Disposal_waits_for_the_call_in_progress_unless_it_is_that_call()
    {
        using InMemoryNetwork network = new(TimeProvider.System, 1);
        using SemaphoreSlim entered = new(0), leave = new(0);
        InMemoryTransport? blocked = null;
        bool ownDisposalWaited = true;
        RecordingReceiver receiver = new(_ =>
        {
            entered.Release();
            Assert.That(leave.Wait(TimeSpan.FromSeconds(30)), Is.True);
            ownDisposalWaited = !blocked!.DisposeAsync().IsCompleted;
            return null;
        });
        blocked = Start(network, 1, receiver);
        blocked.Send([1], blocked.LocalEndPoint);
        blocked.Send([2], blocked.LocalEndPoint);
        Assert.That(await entered.WaitAsync(TimeSpan.FromSeconds(30)), Is.True);
        ValueTask disposal = blocked.DisposeAsync();
        Assert.That(disposal.IsCompleted, Is.False);
        leave.Release();
        await disposal.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(ownDisposalWaited, Is.False);
        Assert.That(receiver.Datagrams, Has.Count.EqualTo(1));
    }
}
