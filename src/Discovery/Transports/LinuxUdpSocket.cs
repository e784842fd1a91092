using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Discovery.Transports.LinuxSocketCalls;

namespace Discovery.Transports;

/// <summary>A UDP socket driven by <c>recvmmsg</c> and <c>sendmmsg</c>: one call into the kernel moves a whole batch.</summary>
internal sealed unsafe class LinuxUdpSocket : IDatagramSocket
{
    /// <summary>How long a full send buffer may hold up a batch before the rest of it is dropped.</summary>
    private const int SendWaitMilliseconds = 10;

    /// <summary>How often in a row the system may call the socket readable and then yield nothing (a bad checksum does that) before it counts as an error.</summary>
    private const int MaxFalseAlarms = 16;

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly int _descriptor;
    private readonly AddressFamily _family;
    private readonly DatagramCounters _counters;
    private readonly LinuxMessageBlock _receive;
    private readonly LinuxMessageBlock _send;
    private readonly Lock _wakeLock = new();
    private int _wake;
    private int _received;
    private int _queued;

    public LinuxUdpSocket(Socket socket, int batchSize, DatagramCounters counters)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _descriptor = (int)_handle.DangerousGetHandle();
        _family = socket.AddressFamily;
        _counters = counters;
        LocalEndPoint = PeerEndPoint.FromIPEndPoint((IPEndPoint)socket.LocalEndPoint!);
        _wake = CreateEvent();
        if (_wake < 0)
            throw Failure("eventfd", Marshal.GetLastPInvokeError());
        _receive = new(batchSize, DatagramSize.MaxReceived, _family);
        _send = new(batchSize, DatagramSize.MaxSent, _family);
    }

    public PeerEndPoint LocalEndPoint { get; }

    public Span<byte> ReplyBuffer => new(_send.Spare, DatagramSize.MaxSent);

    public int Receive()
    {
        _receive.Reset(_received);
        _received = 0;
        for (int falseAlarms = 0; falseAlarms < MaxFalseAlarms;)
        {
            int count = ReceiveMessages(_descriptor, _receive.Headers, (uint)_receive.Count, DoNotWait, 0);
            if (count > 0)
                return _received = count;
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case Again:
                    if (!WaitReadable())
                        return 0;
                    falseAlarms++;
                    break;
                case int error:
                    throw Failure("recvmmsg", error);
            }
        }
        throw Failure("recvmmsg", Again);
    }

    public bool TryGet(int slot, out ReadOnlySpan<byte> datagram, out PeerEndPoint source)
    {
        ref MultiMessageHeader message = ref _receive.Headers[slot];
        source = RawSocketAddress.Read(_receive.Address(slot), _family);
        datagram = new(_receive.Buffer(slot), (int)message.Length);
        return (message.Header.Flags & MessageTruncated) == 0;
    }

    public void Reply(int slot, int length)
    {
        int index = NextMessage();
        _send.SwapSpare(index);
        _send.SetLength(index, length);
        _receive.Address(slot).CopyTo(_send.Address(index));
    }

    public bool Enqueue(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        int index = NextMessage();
        datagram.CopyTo(new Span<byte>(_send.Buffer(index), DatagramSize.MaxSent));
        _send.SetLength(index, datagram.Length);
        RawSocketAddress.Write(_send.Address(index), destination);
        return true;
    }

    public void Flush()
    {
        int done = 0, sent = 0;
        long bytes = 0;
        bool waited = false;
        while (done < _queued)
        {
            int count = SendMessages(_descriptor, _send.Headers + done, (uint)(_queued - done), DoNotWait);
            if (count > 0)
            {
                for (int i = done; i < done + count; i++)
                    bytes += _send.Headers[i].Length;
                sent += count;
                done += count;
                continue;
            }
            // The error is that of the first message not yet sent; those behind it are innocent.
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case Again when !waited:
                    waited = true;
                    WaitWritable();
                    break;
                case Again:
                    done = _queued;
                    break;
                default:
                    done++;
                    break;
            }
        }
        if (sent > 0)
            _counters.AddSent(sent, bytes);
        if (sent < _queued)
            _counters.AddUnsent(_queued - sent);
        _queued = 0;
    }

    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        byte* address = stackalloc byte[RawSocketAddress.SizeIPv6];
        *(ushort*)address = SystemFamily(_family);
        RawSocketAddress.Write(new(address, RawSocketAddress.SizeIPv6), destination);
        try
        {
            fixed (byte* data = datagram)
            {
                nint sent;
                do
                    sent = SendTo(_handle, data, (nuint)datagram.Length, DoNotWait, address, (uint)RawSocketAddress.Size(_family));
                while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);
                if (sent >= 0)
                {
                    _counters.AddSent(1, sent);
                    return true;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed by another thread meanwhile: the datagram is dropped like any other the network does not take.
        }
        _counters.AddUnsent();
        return false;
    }

    public void Wake()
    {
        lock (_wakeLock)
        {
            ulong one = 1;
            if (_wake >= 0)
                Write(_wake, &one, sizeof(ulong));
        }
    }

    public void Dispose()
    {
        lock (_wakeLock)
        {
            if (_wake < 0)
                return;
            Close(_wake);
            _wake = -1;
        }
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    private static SocketException Failure(string call, int error) =>
        new((int)SocketError.SocketError, $"{call}: {Marshal.GetPInvokeErrorMessage(error)} ({error})");

    private int NextMessage()
    {
        if (_queued == _send.Count)
            Flush();
        return _queued++;
    }

    /// <summary>Waits for a datagram or an error; false when woken.</summary>
    private bool WaitReadable()
    {
        PollDescriptor* descriptors = stackalloc PollDescriptor[2];
        descriptors[0] = new() { Descriptor = _descriptor, Events = PollIn };
        descriptors[1] = new() { Descriptor = _wake, Events = PollIn };
        return Poll(descriptors, 2, -1) < 0 || descriptors[1].ReturnedEvents == 0;
    }

    private void WaitWritable()
    {
        PollDescriptor descriptor = new() { Descriptor = _descriptor, Events = PollOut };
        Poll(&descriptor, 1, SendWaitMilliseconds);
    }
}
