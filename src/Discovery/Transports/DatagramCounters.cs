namespace Discovery.Transports;

/// <summary>What a transport has done since it was created.</summary>
/// <param name="Received">Datagrams handed to the receiver.</param>
/// <param name="BytesReceived">Their payload bytes.</param>
/// <param name="Sent">Datagrams the network took.</param>
/// <param name="BytesSent">Their payload bytes.</param>
/// <param name="DroppedTooLong">Datagrams, in either direction, longer than their slot.</param>
/// <param name="DroppedAddress">Datagrams from or to an address that is not unicast, or of the other family.</param>
/// <param name="DroppedUnsent">Datagrams the network refused or the transport could no longer send.</param>
/// <param name="ReceiveErrors">Receive calls that failed.</param>
/// <param name="ReceiverFailures">Exceptions out of the receiver.</param>
internal readonly record struct DatagramCounts(
    long Received, long BytesReceived, long Sent, long BytesSent, long DroppedTooLong, long DroppedAddress, long DroppedUnsent, long ReceiveErrors, long ReceiverFailures);

/// <summary>The live counters behind <see cref="DatagramCounts"/>: any thread writes, any thread reads.</summary>
internal sealed class DatagramCounters
{
    private long _received, _bytesReceived, _sent, _bytesSent, _tooLong, _address, _unsent, _receiveErrors, _receiverFailures;

    public DatagramCounts Snapshot() => new(
        Interlocked.Read(ref _received), Interlocked.Read(ref _bytesReceived), Interlocked.Read(ref _sent), Interlocked.Read(ref _bytesSent),
        Interlocked.Read(ref _tooLong), Interlocked.Read(ref _address), Interlocked.Read(ref _unsent), Interlocked.Read(ref _receiveErrors), Interlocked.Read(ref _receiverFailures));

    /// <summary>Whether a datagram may be sent at all from a socket of one family: short enough, and to one host of that family. Counts it as dropped otherwise.</summary>
    public bool Accepts(ReadOnlySpan<byte> datagram, in PeerEndPoint destination, bool fromIPv4)
    {
        if (datagram.Length > DatagramSize.MaxSent)
        {
            Interlocked.Increment(ref _tooLong);
            return false;
        }
        if (destination.IsUnicast && destination.IsIPv4 == fromIPv4)
            return true;
        Interlocked.Increment(ref _address);
        return false;
    }

    public void AddReceived(int datagrams, long bytes)
    {
        Interlocked.Add(ref _received, datagrams);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    public void AddSent(int datagrams, long bytes)
    {
        Interlocked.Add(ref _sent, datagrams);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    public void AddTooLong() => Interlocked.Increment(ref _tooLong);

    public void AddAddress() => Interlocked.Increment(ref _address);

    public void AddUnsent(int datagrams = 1) => Interlocked.Add(ref _unsent, datagrams);

    public long AddReceiveError() => Interlocked.Increment(ref _receiveErrors);

    public long AddReceiverFailure() => Interlocked.Increment(ref _receiverFailures);
}
