using System.Runtime.InteropServices;

namespace Discovery.Kademlia;

/// <summary>Nodes that lost their places because they no longer answered: at most 16. Each is asked again now and then, for a day. Perhaps not the node was gone but the way to it, and
/// with it a whole part of the network, which nobody left in the table knows.</summary>
internal sealed class LostNodes
{
    private const int Max = 16;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private record struct Lost(SnapshotNode Node, TimeSpan Since, TimeSpan Due, TimeSpan Delay);

    // Made with the first one.
    private List<Lost>? _lost;
    // Before that nobody is asked and nobody is forgotten.
    private TimeSpan _next = TimeSpan.MaxValue;

    public int Count => _lost?.Count ?? 0;

    /// <summary>Those that are remembered.</summary>
    public IEnumerable<SnapshotNode> Nodes => _lost?.Select(static lost => lost.Node) ?? [];

    /// <summary>Remembers a node while there is room: those that are gone for good give way when their day is over.</summary>
    public void Add(in TableEntry entry)
    {
        _lost ??= [];
        PeerEndPoint endPoint = entry.EndPoint;
        if (_lost.Count == Max || _lost.Exists(lost => lost.Node.EndPoint == endPoint))
            return;
        _lost.Add(new(new(entry.Id, endPoint), entry.LastSeen, entry.LastSeen + FirstDelay, FirstDelay));
        _next = TimeSpan.Zero;
    }

    /// <summary>Whoever is there has answered.</summary>
    /// <returns>Whether it was one of those that were lost.</returns>
    public bool Remove(PeerEndPoint endPoint) => _lost?.RemoveAll(lost => lost.Node.EndPoint == endPoint) > 0;

    /// <summary>Gives one to be asked again, if the time of any has come.</summary>
    public bool TryNext(TimeSpan now, out PeerEndPoint endPoint)
    {
        endPoint = default;
        if (_lost is null || now < _next)
            return false;
        _lost.RemoveAll(lost => now - lost.Since > Lifetime);
        foreach (ref Lost lost in CollectionsMarshal.AsSpan(_lost))
        {
            if (lost.Due > now)
                continue;
            endPoint = lost.Node.EndPoint;
            lost.Delay = lost.Delay * 2 < LongestDelay ? lost.Delay * 2 : LongestDelay;
            lost.Due = now + lost.Delay;
            return true;
        }
        _next = _lost.Count == 0 ? TimeSpan.MaxValue : _lost.Min(static lost => lost.Due < lost.Since + Lifetime ? lost.Due : lost.Since + Lifetime);
        return false;
    }
}
