namespace Discovery.Encoding;

/// <summary>What is asked of bencoded bytes beyond the grammar.</summary>
public enum BencodeStrictness
{
    /// <summary>The grammar only: keys in any order, leading zeros, integers of any size. What deployed nodes send as envelopes.</summary>
    Lenient,

    /// <summary>The one encoding a value has: keys ascend as unsigned bytes, no leading zeros, no minus zero, integers fit into 64 bits. What is signed or hashed.</summary>
    Canonical,
}
