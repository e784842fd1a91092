namespace Discovery.Simulation;

/// <summary>What hosts that lie say when they are asked about something that they want to hide. With none of these they have no value, and name honest nodes.</summary>
[Flags]
public enum Lies
{
    /// <summary>They only deny.</summary>
    None = 0,

    /// <summary>They name those of their own that are nearest.</summary>
    NameFriends = 1,

    /// <summary>They name ports of their own that show ids made to measure for the question: what BEP 42 is there to prevent.</summary>
    NameMasks = 2,

    /// <summary>They name nodes that do not exist.</summary>
    NameGhosts = 4,

    /// <summary>They do not answer.</summary>
    Drop = 8,

    /// <summary>They give a record that was true once, with its signature.</summary>
    Replay = 16,
}
