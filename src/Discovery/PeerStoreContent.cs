namespace Discovery;

/// <summary>What a store gave.</summary>
public sealed record PeerStoreContent
{
    /// <summary>The peers, in the order in which they were saved: the best first.</summary>
    public IReadOnlyList<StoredPeer> Peers { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>How many peers were lost to damage, as far as that can be told.</summary>
    public int Lost { get; init; }

    /// <summary>What was wrong; null when all was well.</summary>
    public string? Problem { get; init; }
}
