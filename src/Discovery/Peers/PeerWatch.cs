using System.Diagnostics.CodeAnalysis;

namespace Discovery.Peers;

/// <summary>What changed since a reader looked last, bounded however slow the reader is.</summary>
/// <remarks>
/// The changes of one peer that wait together are one change, in the place of the first: from what the reader knows to what is true now; a peer that came and went is none. So acting on all
/// that is read gives the true set of peers. When more than the capacity wait, the oldest is dropped and counted in <see cref="Missed"/>.
/// </remarks>
internal sealed class PeerWatch : IDisposable
{
    private readonly record struct Change(PeerInfo? Before, PeerInfo? After, PeerLossReason Reason);

    private readonly Lock _lock = new();
    private readonly LinkedList<Change> _changes = [];
    private readonly Dictionary<PeerId, LinkedListNode<Change>> _byPeer = [];
    private readonly int _capacity;
    private readonly Action _wake;
    private readonly Action<PeerWatch> _end;

    /// <param name="capacity">The most changes that wait.</param>
    /// <param name="wake">Called when there is something to read.</param>
    /// <param name="end">Called on disposal.</param>
    public PeerWatch(int capacity, Action wake, Action<PeerWatch> end) => (_capacity, _wake, _end) = (capacity, wake, end);

    /// <summary>How many changes were dropped because the reader was too slow.</summary>
    public long Missed { get; private set; }

    /// <summary>The oldest change as the filter sees it: a peer that begins to match is discovered, one that ceases to is lost.</summary>
    /// <returns>False when nothing waits.</returns>
    public bool TryRead(PeerFilter? filter, [NotNullWhen(true)] out PeerEvent? change)
    {
        while (TryTake(out PeerInfo? before, out PeerInfo? after, out PeerLossReason reason))
        {
            // Only here, on the reader's thread: a filter may hold code of the application.
            bool was = before is not null && filter?.Matches(before) != false, matches = after is not null && filter?.Matches(after) != false;
            if (!was && !matches)
                continue;
            change = matches
                ? new(was ? PeerEventKind.Updated : PeerEventKind.Discovered, after!)
                : new(PeerEventKind.Lost, after ?? before!) { Reason = after is null ? reason : PeerLossReason.FilteredOut };
            return true;
        }
        change = null;
        return false;
    }

    /// <summary>Takes note of a change: <paramref name="before"/> is null for a new peer, <paramref name="after"/> for one that is lost for a reason.</summary>
    public void Push(PeerInfo? before, PeerInfo? after, PeerLossReason reason = PeerLossReason.Removed)
    {
        if ((after ?? before) is not { } peer)
            return;
        lock (_lock)
        {
            if (_byPeer.TryGetValue(peer.Id, out LinkedListNode<Change>? waiting))
            {
                waiting.Value = new(waiting.Value.Before, after, reason);
                if (waiting.Value is (null, null, _))
                    Remove(waiting, peer.Id);
                return;
            }
            if (_changes.Count == _capacity)
            {
                Missed++;
                Remove(_changes.First!, IdOf(_changes.First!.Value));
            }
            _byPeer.Add(peer.Id, _changes.AddLast(new Change(before, after, reason)));
        }
        _wake();
    }

    /// <summary>Ends the watch. What waits can still be read.</summary>
    public void Dispose() => _end(this);

    private bool TryTake(out PeerInfo? before, out PeerInfo? after, out PeerLossReason reason)
    {
        lock (_lock)
        {
            LinkedListNode<Change>? first = _changes.First;
            (before, after, reason) = first?.Value ?? default;
            if (first is null)
                return false;
            Remove(first, IdOf(first.Value));
            return true;
        }
    }

    private void Remove(LinkedListNode<Change> node, in PeerId id)
    {
        _changes.Remove(node);
        _byPeer.Remove(id);
    }

    private static PeerId IdOf(Change change) => (change.After ?? change.Before)!.Id;
}
