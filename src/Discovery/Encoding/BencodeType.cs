namespace Discovery.Encoding;

/// <summary>What a <see cref="BencodeReader"/> stands before, told by one byte.</summary>
public enum BencodeType
{
    /// <summary>The end of the data.</summary>
    None,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A byte string.</summary>
    String,

    /// <summary>The beginning of a list.</summary>
    List,

    /// <summary>The beginning of a dictionary.</summary>
    Dictionary,

    /// <summary>The end of a list or dictionary.</summary>
    End,

    /// <summary>A byte that begins nothing.</summary>
    Invalid,
}
