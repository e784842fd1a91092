namespace Discovery.Simulation;

/// <summary>What must always hold, by name.</summary>
internal static class RuleNames
{
    public const string Recall = "a lookup ends with the nearest nodes";
    public const string Endless = "no lookup runs for ever";
    public const string Table = "a table holds only others that have answered, each once, within its limits";
    public const string Memory = "memory is bounded";
    public const string Item = "the item with the highest sequence number wins";
    public const string Token = "nobody stores without a token that was given to him for that";
    public const string DatagramSize = "no datagram is larger than a frame";
    public const string Timer = "no node wants to be called without end";
    public const string Rate = "no node asks faster than its budget allows";
    public const string Exception = "no node throws";
}
