using Discovery.Transports;

namespace Discovery.Tests.Transports;

/// <summary>Keeps what arrives and answers as told.</summary>
internal sealed class RecordingReceiver(Func<byte[], byte[]?>? answer = null) : IDatagramReceiver
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Lock _lock = new();
    private readonly List<(byte[] Data, PeerEndPoint Source)> _datagrams = [];
    private int _open;

    public int Batches { get; private set; }

    public bool Overlapped { get; private set; }

    public bool IsInBatch => Volatile.Read(ref _open) != 0;

    public IReadOnlyList<(byte[] Data, PeerEndPoint Source)> Datagrams
    {
        get
        {
            lock (_lock)
                return [.. _datagrams];
        }
    }

    public void BeginBatch()
    {
        Overlapped |= Interlocked.Increment(ref _open) != 1;
        Batches++;
    }

    public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
    {
        byte[] data = datagram.ToArray();
        lock (_lock)
            _datagrams.Add((data, source));
        _arrived.Release();
        byte[]? bytes = answer?.Invoke(data);
        bytes?.CopyTo(reply);
        return bytes?.Length ?? 0;
    }

    public void EndBatch() => Interlocked.Decrement(ref _open);

    /// <summary>Waits for <paramref name="count"/> more datagrams than were waited for before.</summary>
    public void WaitFor(int count)
    {
        for (int i = 0; i < count; i++)
            Assert.That(_arrived.Wait(s_patience), Is.True, $"datagram {i + 1} of {count} did not arrive");
    }
}
