namespace Discovery.Simulation;

/// <summary>What is looked for.</summary>
public enum Workload
{
    /// <summary>Who has announced itself under a key (BEP 5 <c>get_peers</c>).</summary>
    Peers,

    /// <summary>Items (BEP 44 <c>get</c>): by turns an immutable one, and a mutable one of which only the newest version counts.</summary>
    Items,
}
