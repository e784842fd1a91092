using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia.Server;

/// <summary>A member of a network that knows a few peers and takes any record.</summary>
internal sealed class StubMember : INetworkMember, IDisposable
{
    private readonly PeerIdentity _identity = PeerIdentity.FromSeed(new byte[32]);

    public NodeId Network { get; } = new(7, 0, 0);

    public SignedItem? Record { get; set; }

    public List<(PeerId Id, PeerEndPoint EndPoint)> Known { get; } = [];

    public List<SignedItem> Accepted { get; } = [];

    public int Verdict { get; set; }

    /// <summary>What was last asked for.</summary>
    public (string Capability, string Region, string Coordinate, bool IPv4) Asked { get; private set; }

    /// <summary>A record of this identity, signed for the network.</summary>
    public SignedItem Sign(long sequence, string value) => SignedItem.Create(_identity, Network.ToArray(), sequence, System.Text.Encoding.Latin1.GetBytes(value));

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => _identity.Sign(message, signature);

    /// <summary>Where it says it is.</summary>
    public byte[] Coordinate { get; set; } = [];

    public int WriteCoordinate(Span<byte> destination)
    {
        Coordinate.CopyTo(destination);
        return Coordinate.Length;
    }

    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination)
    {
        Asked = (System.Text.Encoding.UTF8.GetString(capability), System.Text.Encoding.UTF8.GetString(region), System.Text.Encoding.Latin1.GetString(coordinate), ipv4);
        int count = 0;
        foreach ((PeerId Id, PeerEndPoint EndPoint) peer in Known.Where(peer => peer.EndPoint.IsIPv4 == ipv4).Take(destination.Length))
            destination[count++] = peer;
        return count;
    }

    public int Accept(SignedItem record, in PeerEndPoint source)
    {
        Accepted.Add(record);
        return Verdict;
    }

    public void Dispose() => _identity.Dispose();
}
