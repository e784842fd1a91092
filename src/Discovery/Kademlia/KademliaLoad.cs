namespace Discovery.Kademlia;

/// <summary>What a node has to keep in mind at a moment.</summary>
/// <param name="InFlight">Queries without an answer so far.</param>
/// <param name="Waiting">Queries that wait for the budget.</param>
/// <param name="Newcomers">Nodes that came by and wait to be asked.</param>
/// <param name="Walks">Walks whose nodes are remembered with their tokens.</param>
/// <param name="Addresses">Addresses that were contacted lately.</param>
internal readonly record struct KademliaLoad(int InFlight, int Waiting, int Newcomers, int Walks, int Addresses);
