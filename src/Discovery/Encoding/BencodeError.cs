namespace Discovery.Encoding;

/// <summary>What is wrong with bencoded bytes.</summary>
public enum BencodeError
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The bytes break the grammar or end too early.</summary>
    Malformed,

    /// <summary>More lists and dictionaries are open at once than is allowed.</summary>
    TooDeep,

    /// <summary>A whole value is followed by more bytes.</summary>
    TrailingBytes,

    /// <summary>An integer does not fit into 64 bits with a sign.</summary>
    IntegerOverflow,

    /// <summary>Keys are unsorted or double, or a number has leading zeros or is minus zero.</summary>
    NotCanonical,
}
