namespace Discovery.Kademlia;

/// <summary>The tokens that members of our network gave: the next question to them needs one round trip instead of two.</summary>
internal sealed class MemberTokens
{
    /// <summary>The most tokens kept; the oldest goes first.</summary>
    public const int Capacity = 1024;

    // Trap 9: a token holds for 5 minutes at least, from when it was sent.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(4);

    private readonly Dictionary<PeerEndPoint, (byte[] Token, TimeSpan Since)> _tokens = [];
    private readonly Queue<(PeerEndPoint EndPoint, TimeSpan Since)> _order = [];

    /// <summary>How many are kept.</summary>
    public int Count => _tokens.Count;

    /// <summary>Keeps a token that has just been given.</summary>
    public void Remember(in PeerEndPoint endPoint, byte[] token, TimeSpan now)
    {
        while (_order.TryPeek(out (PeerEndPoint EndPoint, TimeSpan Since) oldest) && (_order.Count == Capacity || now - oldest.Since > Lifetime))
        {
            _order.Dequeue();
            if (_tokens.TryGetValue(oldest.EndPoint, out (byte[], TimeSpan Since) kept) && kept.Since == oldest.Since)
                _tokens.Remove(oldest.EndPoint);
        }
        _tokens[endPoint] = (token, now);
        _order.Enqueue((endPoint, now));
    }

    /// <summary>The token that an end point gave; null when there is none that may still hold.</summary>
    public byte[]? Recall(in PeerEndPoint endPoint, TimeSpan now) =>
        _tokens.TryGetValue(endPoint, out (byte[] Token, TimeSpan Since) kept) && now - kept.Since <= Lifetime ? kept.Token : null;
}
