namespace Discovery.Tests.Peers;

/// <summary>A peer whose records are made up: nothing in the registry looks at signatures.</summary>
internal sealed class TestPeer
{
    public static readonly NodeId Network = NetworkTopic.ForNetwork("test");
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PeerId _id;

    public TestPeer(int number)
    {
        byte[] key = new byte[PeerId.Size];
        BitConverter.TryWriteBytes(key, number);
        _id = new(key);
        EndPoint = PeerEndPoint.Parse($"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:6881");
    }

    public PeerId Id => _id;

    public PeerEndPoint EndPoint { get; }

    public PeerRecord Record(int version = 0, TimeSpan? lifetime = null, string[]? capabilities = null, string? region = null, params PeerEndPoint[] endPoints) =>
        Record(new() { Capabilities = capabilities ?? [], Region = region }, lifetime ?? TimeSpan.FromHours(1), version, endPoints);

    public PeerRecord Record(DiscoveryOptions options, TimeSpan lifetime, int version = 0, params PeerEndPoint[] endPoints)
    {
        options = options with { Timing = new() { RecordLifetime = lifetime } };
        using PeerIdentity someone = PeerIdentity.FromSeed(new byte[32]);
        SignedItem made = PeerRecord.Create(someone, Network, options, endPoints is [] ? [EndPoint] : endPoints, SequenceClock.ToSequence(Now) + version);
        if (!SignedItem.TryFrom(_id, made.Salt.Span, made.Sequence, made.Value.Span, made.Signature.Span, out SignedItem? item)
            || !PeerRecord.TryParse(item, Network, Now, out PeerRecord? record, out PeerRecordRefusal refusal))
            throw new InvalidOperationException("The record is not valid.");
        return record;
    }
}
