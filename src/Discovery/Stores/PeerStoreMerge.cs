namespace Discovery.Stores;

/// <summary>Makes one content of the last save, which is missing or damaged, and the one before.</summary>
internal static class PeerStoreMerge
{
    public static PeerStoreContent Fill(PeerStoreContent? last, PeerStoreContent? previous)
    {
        if (last is null || previous is null)
            // A crash between the two renames leaves only the save before: it was the last one that completed.
            return last ?? previous ?? new();
        HashSet<PeerId> whole = [.. last.Peers.Select(static peer => peer.Peer.Id)];
        StoredPeer[] filled = [.. previous.Peers.Where(peer => !whole.Contains(peer.Peer.Id))];
        return last with { Peers = [.. last.Peers, .. filled], Problem = $"{last.Problem} {filled.Length} peers were taken from the save before." };
    }
}
