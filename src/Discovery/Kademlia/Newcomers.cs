using System.Runtime.InteropServices;

namespace Discovery.Kademlia;

/// <summary>Why a node waits to be asked whether it stays.</summary>
internal enum NewcomerKind : byte
{
    /// <summary>Another node named it.</summary>
    Named,

    /// <summary>It asked us. For a while a NAT on its way lets us in and nobody else: what it answers then shows nothing.</summary>
    Asked,

    /// <summary>It asked us and is wanted too much to wait: it gets its place at once, and is on trial.</summary>
    Wanted,

    /// <summary>It has its place, but was only ever heard of while it may have held the door open for us.</summary>
    OnTrial,
}

/// <summary>A node that waits.</summary>
/// <param name="EndPoint">Where it is.</param>
/// <param name="Bucket">The bucket that it would go to: the higher, the nearer.</param>
/// <param name="Kind">Why it waits.</param>
/// <param name="Due">When to ask it.</param>
/// <param name="Silence">For how long it must not have been heard of by then.</param>
/// <param name="Latest">When it is asked though it was heard of: whoever forges its address must not keep it waiting for ever.</param>
internal readonly record struct Newcomer(PeerEndPoint EndPoint, int Bucket, NewcomerKind Kind, TimeSpan Due, TimeSpan Silence, TimeSpan Latest)
{
    private const int MostSilences = 4;

    /// <summary>One that waits for a time of silence.</summary>
    public static Newcomer Silent(in PeerEndPoint endPoint, int bucket, NewcomerKind kind, TimeSpan silence, TimeSpan now) =>
        new(endPoint, bucket, kind, now + silence, silence, now + MostSilences * silence);

    /// <summary>One that is asked at once.</summary>
    public static Newcomer AtOnce(in PeerEndPoint endPoint, int bucket, NewcomerKind kind, TimeSpan now) => new(endPoint, bucket, kind, now, TimeSpan.Zero, now);
}

/// <summary>Nodes that came by, or were named, and wait to be asked whether they stay: at most 64, those near to us first. And those that did not answer when they should have.</summary>
internal sealed class Newcomers
{
    private const int Max = 64, MaxUnreached = 128;

    private readonly List<Newcomer> _waiting = [];
    // One word of each end point beside them: nearly everybody heard of is none of them, and is told apart at a glance.
    private readonly List<uint> _words = [];
    private readonly List<PeerEndPoint> _unreached = [];

    /// <summary>When the next one shall be asked; <see cref="TimeSpan.MaxValue"/> when nobody waits.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    public int Count => _waiting.Count;

    /// <summary>Notes a node, unless it waits already (of a public address one at a time) or everybody who waits is nearer.</summary>
    public void Add(in Newcomer newcomer)
    {
        int farthest = -1;
        PeerEndPoint endPoint = newcomer.EndPoint;
        Span<Newcomer> waiting = CollectionsMarshal.AsSpan(_waiting);
        for (int i = 0; i < waiting.Length; i++)
        {
            ref readonly Newcomer other = ref waiting[i];
            if (other.EndPoint == endPoint || !endPoint.IsPrivate && other.EndPoint.AddressKey == endPoint.AddressKey)
                return;
            if (farthest < 0 || other.Bucket < waiting[farthest].Bucket)
                farthest = i;
        }
        if (waiting.Length < Max)
        {
            _waiting.Add(newcomer);
            _words.Add(Word(endPoint));
        }
        else if (waiting[farthest].Bucket < newcomer.Bucket)
        {
            waiting[farthest] = newcomer;
            _words[farthest] = Word(endPoint);
        }
        else
        {
            return;
        }
        if (newcomer.Due < NextDue)
            NextDue = newcomer.Due;
    }

    /// <summary>A node was heard of: if it waits for a time of silence, that begins anew.</summary>
    /// <returns>True when it waits for a time of silence before it can have a place.</returns>
    public bool Heard(in PeerEndPoint endPoint, TimeSpan now)
    {
        if (!CollectionsMarshal.AsSpan(_words).Contains(Word(endPoint)))
            return false;
        foreach (ref Newcomer newcomer in CollectionsMarshal.AsSpan(_waiting))
        {
            if (newcomer.EndPoint != endPoint)
                continue;
            if (newcomer.Due <= now || now + newcomer.Silence > newcomer.Latest)
                return false;
            NewcomerKind kind = newcomer.Kind == NewcomerKind.OnTrial ? NewcomerKind.OnTrial : NewcomerKind.Asked;
            newcomer = newcomer with { Due = now + newcomer.Silence, Kind = kind };
            return kind == NewcomerKind.Asked;
        }
        return false;
    }

    /// <summary>Takes one whose time has come.</summary>
    public bool TryTake(TimeSpan now, out Newcomer newcomer)
    {
        newcomer = default;
        if (now < NextDue)
            return false;
        NextDue = TimeSpan.MaxValue;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Due <= now)
            {
                newcomer = _waiting[i];
                NextDue = now;
                _waiting[i] = _waiting[^1];
                _waiting.RemoveAt(_waiting.Count - 1);
                _words[i] = _words[^1];
                _words.RemoveAt(_words.Count - 1);
                return true;
            }
            if (_waiting[i].Due < NextDue)
                NextDue = _waiting[i].Due;
        }
        return false;
    }

    private static uint Word(in PeerEndPoint endPoint) => (uint)(endPoint.LowBits * 31) + (uint)endPoint.Port;

    /// <summary>Whether a node has not answered when nobody held a door open for us.</summary>
    public bool IsUnreached(in PeerEndPoint endPoint) => _unreached.Count > 0 && _unreached.Contains(endPoint);

    /// <summary>Notes whether a node answered when nobody held a door open for us: the last 128 that did not are remembered.</summary>
    public void Note(in PeerEndPoint endPoint, bool isReached)
    {
        _unreached.Remove(endPoint);
        if (isReached)
            return;
        if (_unreached.Count == MaxUnreached)
            _unreached.RemoveAt(0);
        _unreached.Add(endPoint);
    }
}
