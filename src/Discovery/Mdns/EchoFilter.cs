namespace Discovery.Mdns;

/// <summary>Knows our own datagrams when multicast brings them back. By address alone they cannot be told from those of another responder on this host.</summary>
internal sealed class EchoFilter
{
    private const int Capacity = 32;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly (int Length, int Hash, TimeSpan Until)[] _sent = new (int, int, TimeSpan)[Capacity];
    private int _next;

    /// <summary>Notes a datagram that goes to everybody.</summary>
    public void NoteSent(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        _sent[_next] = (datagram.Length, HashOf(datagram), now + Window);
        _next = (_next + 1) % Capacity;
    }

    /// <summary>Whether that is one of ours, which comes back once.</summary>
    public bool IsEcho(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        int hash = 0;
        foreach (ref (int Length, int Hash, TimeSpan Until) sent in _sent.AsSpan())
        {
            if (sent.Length != datagram.Length || sent.Until < now || sent.Hash != (hash == 0 ? hash = HashOf(datagram) : hash))
                continue;
            sent = default;
            return true;
        }
        return false;
    }

    private static int HashOf(ReadOnlySpan<byte> datagram)
    {
        HashCode hash = default;
        hash.AddBytes(datagram);
        return hash.ToHashCode();
    }
}
