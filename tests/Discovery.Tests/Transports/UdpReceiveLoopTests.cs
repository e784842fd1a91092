using System.Net;
using System.Net.Sockets;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Tests.Transports;

public sealed class UdpReceiveLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task No_socket_error_ends_reception()
    {
        SocketError[] errors = Enum.GetValues<SocketError>();
        ScriptedSocket socket = new([.. errors.Select(e => new SocketException((int)e)), new OutOfMemoryException(), new InvalidOperationException()]);
        RecordingReceiver receiver = new();
        // Even reporting fails, which must not matter.
        UdpTransport transport = new(socket.LocalEndPoint, new() { LoggerFactory = new ThrowingLogger() }, _ => socket);
        transport.Start(receiver);
        receiver.WaitFor(errors.Length + 2);
        Assert.That(transport.Counts.ReceiveErrors, Is.EqualTo(errors.Length + 2));
        await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
        Assert.That(socket.Disposed, Is.True);
    }

    [Test]
    public async Task An_error_that_stays_is_retried_ever_more_slowly_and_disposal_does_not_wait_for_it()
    {
        ReceiveBackOff backOff = new();
        TimeSpan[] waits = [.. Enumerable.Range(0, 40).Select(_ => backOff.Next())];
        Assert.That(waits[..16], Is.All.EqualTo(TimeSpan.Zero));
        Assert.That(waits[16..24].Select(w => w.TotalMilliseconds), Is.EqualTo(new[] { 1.0, 2, 4, 8, 16, 32, 64, 128 }));
        Assert.That(waits[24..], Is.All.EqualTo(TimeSpan.FromMilliseconds(128)));
        backOff.Reset();
        Assert.That(backOff.Next(), Is.EqualTo(TimeSpan.Zero));

        using SemaphoreSlim failed = new(0);
        ScriptedSocket socket = new(null, failed);
        UdpTransport transport = new(socket.LocalEndPoint, null, _ => socket);
        transport.Start(new RecordingReceiver());
        for (int i = 0; i < 20; i++)
            Assert.That(await failed.WaitAsync(s_patience), Is.True);
        await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
    }

    [Test]
    public async Task What_claims_to_come_from_no_single_host_is_dropped()
    {
        ScriptedSocket socket = new([new SocketException((int)SocketError.ConnectionReset), new InvalidOperationException()]);
        socket.Sources.Enqueue(PeerEndPoint.Parse("127.0.0.1:0"));
        RecordingReceiver receiver = new();
        UdpTransport transport = new(socket.LocalEndPoint, null, _ => socket);
        transport.Start(receiver);
        receiver.WaitFor(1);
        await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
        Assert.That(transport.Counts, Is.EqualTo(default(DatagramCounts) with { Received = 1, BytesReceived = 1, DroppedAddress = 1, ReceiveErrors = 2 }));
    }

    [Test]
    public async Task A_batch_that_was_begun_is_ended_whatever_the_socket_does()
    {
        ScriptedSocket socket = new([new InvalidOperationException()]);
        // The socket throws when it is to answer.
        RecordingReceiver receiver = new(static _ => [1]);
        UdpTransport transport = new(socket.LocalEndPoint, null, _ => socket);
        transport.Start(receiver);
        receiver.WaitFor(1);
        await transport.DisposeAsync().AsTask().WaitAsync(s_patience);
        Assert.That((receiver.Batches, receiver.IsInBatch), Is.EqualTo((1, false)));
    }

    private sealed class ThrowingLogger : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the disk is full");
    }

    /// <summary>Fails as the script says, with a datagram after each failure; without a script it fails for ever.</summary>
    private sealed class ScriptedSocket(Exception[]? script, SemaphoreSlim? failed = null) : IDatagramSocket
    {
        private readonly ManualResetEventSlim _woken = new();
        private readonly byte[] _reply = new byte[DatagramSize.MaxSent];
        private int _step;

        public bool Disposed { get; private set; }

        /// <summary>Where the next datagrams come from, when not from the socket itself.</summary>
        public Queue<PeerEndPoint> Sources { get; } = [];

        public PeerEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 9);

        public Span<byte> ReplyBuffer => _reply;

        public int Receive()
        {
            if (script is null)
            {
                failed!.Release();
                throw new SocketException((int)SocketError.NetworkDown);
            }
            int step = _step++;
            if (step >= script.Length * 2)
            {
                Assert.That(_woken.Wait(s_patience), Is.True);
                return 0;
            }
            return step % 2 == 0 ? throw script[step / 2] : 1;
        }

        public bool TryGet(int slot, out ReadOnlySpan<byte> datagram, out PeerEndPoint source)
        {
            datagram = [1];
            source = Sources.TryDequeue(out PeerEndPoint other) ? other : LocalEndPoint;
            return true;
        }

        public void Reply(int slot, int length) => throw new InvalidOperationException("nothing answers");

        public bool Enqueue(ReadOnlySpan<byte> datagram, in PeerEndPoint destination) => true;

        public void Flush() { }

        public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination) => true;

        public void Wake() => _woken.Set();

        public void Dispose() => Disposed = true;
    }
}
