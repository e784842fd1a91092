using System.Runtime.InteropServices;

namespace Discovery.Simulation.Adversaries;

/// <summary>Ways to store with a token that one should not have.</summary>
internal enum TokenAbuseKind
{
    /// <summary>One that another node gave.</summary>
    Foreign,

    /// <summary>One that was given to another address.</summary>
    Stolen,

    /// <summary>One that was given for another target.</summary>
    OtherTarget,

    /// <summary>One that is older than nodes keep their secrets.</summary>
    Old,

    /// <summary>The right one, for a record that has been replaced.</summary>
    OldRecord,
}

/// <summary>The tokens that a party has collected, and what became of its attempts to use them where it must not.</summary>
internal sealed class TokenLoot
{
    /// <summary>A token and to whom, by whom, for what and when it was given.</summary>
    public readonly record struct Piece(TokenThief Owner, PeerEndPoint Giver, NodeId Target, byte[] Token, TimeSpan Time);

    private readonly List<Piece> _pieces = [];
    private readonly int[] _accepted = new int[Enum.GetValues<TokenAbuseKind>().Length], _refused = new int[Enum.GetValues<TokenAbuseKind>().Length];

    /// <summary>All that was collected, oldest first.</summary>
    public ReadOnlySpan<Piece> Pieces => CollectionsMarshal.AsSpan(_pieces);

    /// <summary>Attempts that succeeded.</summary>
    public int Accepted(TokenAbuseKind kind) => _accepted[(int)kind];

    /// <summary>Attempts that were refused.</summary>
    public int Refused(TokenAbuseKind kind) => _refused[(int)kind];

    public void Add(Piece piece) => _pieces.Add(piece);

    public void Count(TokenAbuseKind kind, bool accepted) => (accepted ? _accepted : _refused)[(int)kind]++;
}
