using Discovery.Kademlia;

namespace Discovery.Simulation.Invariants;

/// <summary>How much a node may hold. The numbers are written down here once more: a check that asks the code what it allows itself would allow everything.</summary>
internal static class MemoryAudit
{
    private const int Newcomers = 64, Walks = 16, Contacts = 128, Lost = 16;

    /// <summary>A query is waited for 10 s at most, and there are only so many at a time to be asked.</summary>
    private const int Queries = 2048;

    /// <summary>Looks at what a node holds.</summary>
    /// <returns>What is too much; null when nothing is.</returns>
    public static string? Check(KademliaNode node, KademliaOptions options)
    {
        KademliaLoad load = node.Load;
        return TooMany("queries in flight", load.InFlight, Queries)
            ?? TooMany("queries that wait for the budget", load.Waiting, Queries)
            ?? TooMany("newcomers", load.Newcomers, Newcomers)
            ?? TooMany("walks remembered", load.Walks, Walks)
            ?? TooMany("addresses contacted", load.Addresses, options.Budget?.MaxAddresses ?? 0)
            ?? TooMany("announced peers", node.Peers.Count, options.PeerStore.MaxPeers)
            ?? TooMany("info-hashes", node.Peers.InfoHashCount, options.PeerStore.MaxInfoHashes)
            ?? TooMany("items", node.Items.Count, options.ItemStore.MaxItems)
            ?? TooMany("bytes of items", node.Items.Bytes, options.ItemStore.MaxBytes)
            ?? node.Families.Select(static family => TooMany("lost nodes", family.Table.Lost.Count, Lost) ?? TooMany("contacts of an earlier run", family.Remembered.Count, Contacts) ?? TooMany("nodes named by another family", family.Named.Count, Contacts))
                .FirstOrDefault(static wrong => wrong is not null);
    }

    internal static string? TooMany(string what, long count, long limit) => count > limit ? $"{count} {what}, where {limit} are allowed" : null;
}
