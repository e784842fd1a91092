using System.Runtime.InteropServices;

namespace Discovery.Kademlia;

/// <summary>Nodes that came by, or were named, and wait to be asked whether they stay: at most 64, those near to us first.</summary>
internal sealed class Newcomers
{
    private const int Max = 64;

    private readonly record struct Newcomer(PeerEndPoint EndPoint, int Bucket, TimeSpan Due);

    private readonly List<Newcomer> _waiting = [];

    /// <summary>When the next one shall be asked; <see cref="TimeSpan.MaxValue"/> when nobody waits.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    public int Count => _waiting.Count;

    /// <summary>Notes a node, unless it waits already (of a public address one at a time) or everybody who waits is nearer.</summary>
    /// <param name="endPoint">Where it is.</param>
    /// <param name="bucket">The bucket that it would go to: the higher, the nearer.</param>
    /// <param name="due">When to ask it.</param>
    public void Add(in PeerEndPoint endPoint, int bucket, TimeSpan due)
    {
        int farthest = -1;
        Span<Newcomer> waiting = CollectionsMarshal.AsSpan(_waiting);
        for (int i = 0; i < waiting.Length; i++)
        {
            ref readonly Newcomer other = ref waiting[i];
            if (other.EndPoint == endPoint || !endPoint.IsPrivate && other.EndPoint.AddressKey == endPoint.AddressKey)
                return;
            if (farthest < 0 || other.Bucket < waiting[farthest].Bucket)
                farthest = i;
        }
        Newcomer newcomer = new(endPoint, bucket, due);
        if (waiting.Length < Max)
            _waiting.Add(newcomer);
        else if (waiting[farthest].Bucket < bucket)
            waiting[farthest] = newcomer;
        else
            return;
        if (due < NextDue)
            NextDue = due;
    }

    /// <summary>Takes one whose time has come.</summary>
    public bool TryTake(TimeSpan now, out PeerEndPoint endPoint)
    {
        endPoint = default;
        if (now < NextDue)
            return false;
        NextDue = TimeSpan.MaxValue;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Due <= now)
            {
                endPoint = _waiting[i].EndPoint;
                NextDue = now;
                _waiting[i] = _waiting[^1];
                _waiting.RemoveAt(_waiting.Count - 1);
                return true;
            }
            if (_waiting[i].Due < NextDue)
                NextDue = _waiting[i].Due;
        }
        return false;
    }
}
