using System.Runtime.CompilerServices;
using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>What others say our address is (BEP 42, <c>ip</c>): the word of the majority of recent voters, each with one vote. One instance for each address family.</summary>
/// <param name="threshold">The votes without which nothing is decided.</param>
internal sealed class ExternalAddress(int threshold = ExternalAddress.DefaultThreshold)
{
    public const int DefaultThreshold = 5;
    private const int MaxVotes = 50;
    private static readonly TimeSpan VoteLifetime = TimeSpan.FromHours(1);

    private record struct Ballot(PeerEndPoint Reported, TimeSpan Time);

    private AddressTable<Ballot> _votes = new(MaxVotes);

    /// <summary>The address decided upon, with the port that the last voter for it saw; null until there is a majority.</summary>
    public PeerEndPoint? Current { get; private set; }

    /// <summary>Counts a vote.</summary>
    /// <returns>True when it changed the decision: another address, not merely another port.</returns>
    public bool Vote(in PeerEndPoint reported, in PeerEndPoint voter, TimeSpan now)
    {
        if (!reported.IsUnicast)
            return false;
        PeerEndPoint key = SourceKey.Of(voter), address = reported.AddressKey;
        while (_votes.Count > 0 && _votes.Oldest.Time + VoteLifetime <= now)
            _votes.RemoveOldest();
        ref Ballot own = ref _votes.Find(key);
        if (Unsafe.IsNullRef(ref own))
            own = ref _votes.Add(key);
        own = new(reported, now);
        if (Current is { } current && current.AddressKey == address)
        {
            Current = reported;
            return false;
        }
        int votes = 0, votesForCurrent = 0;
        foreach (Ballot ballot in _votes.States)
        {
            if (ballot.Reported.AddressKey == address)
                votes++;
            else if (ballot.Reported.AddressKey == Current?.AddressKey)
                votesForCurrent++;
        }
        // An absolute majority decides; to overturn a decision takes two votes for each that still stands by it.
        if (votes < threshold || votes * 2 <= _votes.Count || votes < votesForCurrent * 2)
            return false;
        Current = reported;
        return true;
    }

    /// <summary>Forgets all votes and the decision, as after a change of network.</summary>
    public void Reset() => (_votes, Current) = (new(MaxVotes), null);
}
