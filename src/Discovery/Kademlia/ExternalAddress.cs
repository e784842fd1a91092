using System.Runtime.InteropServices;
using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>What others say our address is (BEP 42, <c>ip</c>): the word of the majority of recent voters, each with one vote. One instance for each address family.</summary>
/// <param name="threshold">The votes without which nothing is decided.</param>
internal sealed class ExternalAddress(int threshold = ExternalAddress.DefaultThreshold)
{
    public const int DefaultThreshold = 5;
    private const int MaxVotes = 50;
    private static readonly TimeSpan VoteLifetime = TimeSpan.FromHours(1);

    private readonly record struct Ballot(PeerEndPoint Voter, PeerEndPoint Reported, TimeSpan Time);

    // Oldest first. Made with the first vote.
    private List<Ballot>? _votes;

    /// <summary>The address decided upon, with the port that the last voter for it saw; null until there is a majority.</summary>
    public PeerEndPoint? Current { get; private set; }

    /// <summary>Counts a vote.</summary>
    /// <returns>True when it changed the decision: another address, not merely another port.</returns>
    public bool Vote(in PeerEndPoint reported, in PeerEndPoint voter, TimeSpan now)
    {
        if (!reported.IsUnicast)
            return false;
        PeerEndPoint key = SourceKey.Of(voter), address = reported.AddressKey;
        _votes ??= [];
        int stale = 0;
        while (stale < _votes.Count && _votes[stale].Time + VoteLifetime <= now)
            stale++;
        _votes.RemoveRange(0, stale);
        int earlier = 0;
        while (earlier < _votes.Count && _votes[earlier].Voter != key)
            earlier++;
        if (earlier < _votes.Count)
            _votes.RemoveAt(earlier);
        else if (_votes.Count == MaxVotes)
            _votes.RemoveAt(0);
        _votes.Add(new(key, reported, now));
        if (Current is { } current && current.AddressKey == address)
        {
            Current = reported;
            return false;
        }
        int votes = 0, votesForCurrent = 0;
        foreach (ref readonly Ballot ballot in CollectionsMarshal.AsSpan(_votes))
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
    public void Reset() => (_votes, Current) = (null, null);
}
