using System.Numerics;

namespace Discovery.Simulation.Engine;

/// <summary>Something that is going to happen: <paramref name="Payload"/> tells the owner of the queue what.</summary>
/// <param name="Due">When, in ticks.</param>
/// <param name="Order">Among those of one moment, the one that was asked for first goes first.</param>
/// <param name="Subject">Whom it happens to.</param>
/// <param name="Payload">What happens.</param>
internal readonly record struct SimulatedEvent(long Due, long Order, int Subject, int Payload) : IComparable<SimulatedEvent>
{
    public int CompareTo(SimulatedEvent other) => Due != other.Due ? Due.CompareTo(other.Due) : Order.CompareTo(other.Order);
}

/// <summary>What is going to happen, in the order of time: a wheel of a millisecond per slot for the next eight seconds, a heap for what is farther.</summary>
/// <remarks>A heap of millions misses the cache at every level. Here an event is written once into its slot, and the few of one millisecond are put in order when it comes.</remarks>
internal sealed class EventQueue
{
    private const int Slots = 8192;
    private const long SlotTicks = TimeSpan.TicksPerMillisecond;
    private const int None = -1;

    private struct Cell
    {
        public SimulatedEvent Event;
        public int Next;
    }

    private readonly int[] _heads = new int[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];
    private readonly PriorityQueue<SimulatedEvent, SimulatedEvent> _far = new();
    // The slot that is being worked off: a heap, since what happens now may cause more within the same millisecond.
    private readonly PriorityQueue<SimulatedEvent, SimulatedEvent> _current = new();
    private Cell[] _cells = new Cell[1024];
    private int _free = None, _used, _inWheel;
    private long _slot, _foreseen = -1;
    private long _order;

    public EventQueue() => Array.Fill(_heads, None);

    public int Count => _inWheel + _far.Count + _current.Count;

    /// <summary>Asks for an event. What is due already happens next.</summary>
    public void Add(long due, int subject, int payload)
    {
        SimulatedEvent added = new(due, _order++, subject, payload);
        long slot = due / SlotTicks;
        if (slot <= _slot)
            _current.Enqueue(added, added);
        else if (slot < _slot + Slots)
            AddToWheel(slot, added);
        else
            _far.Enqueue(added, added);
    }

    /// <summary>Takes the next event, unless it comes after <paramref name="limit"/>.</summary>
    public bool TryTake(long limit, out SimulatedEvent next)
    {
        while (_current.Count == 0)
        {
            if (Count == 0 || NextSlot() is var slot && slot * SlotTicks > limit)
            {
                next = default;
                return false;
            }
            Turn(slot);
        }
        next = _current.Peek();
        if (next.Due > limit)
            return false;
        _current.Dequeue();
        return true;
    }

    /// <summary>Tells of some of the events to come, each at most once; those that are added a moment before they happen are not among them.</summary>
    public void Foresee(List<SimulatedEvent> coming)
    {
        const int Enough = 64, Farthest = 64;
        if (_slot <= _foreseen)
            return;
        foreach ((SimulatedEvent due, _) in _current.UnorderedItems)
            coming.Add(due);
        for (_foreseen = _slot; coming.Count < Enough && _foreseen < _slot + Farthest;)
            for (int cell = _heads[++_foreseen % Slots]; cell != None; cell = _cells[cell].Next)
                coming.Add(_cells[cell].Event);
    }

    private void AddToWheel(long slot, in SimulatedEvent added)
    {
        int cell = _free;
        if (cell != None)
        {
            _free = _cells[cell].Next;
        }
        else
        {
            if (_used == _cells.Length)
                Array.Resize(ref _cells, _cells.Length * 2);
            cell = _used++;
        }
        int place = (int)(slot % Slots);
        _cells[cell] = new() { Event = added, Next = _heads[place] };
        _heads[place] = cell;
        _occupied[place >> 6] |= 1UL << (place & 63);
        _inWheel++;
    }

    /// <summary>The next slot that holds anything.</summary>
    private long NextSlot()
    {
        long far = _far.Count > 0 ? _far.Peek().Due / SlotTicks : long.MaxValue;
        if (_inWheel == 0)
            return far;
        for (long slot = _slot + 1; ;)
        {
            int place = (int)(slot % Slots);
            ulong rest = _occupied[place >> 6] >> (place & 63);
            if (rest != 0)
                return Math.Min(far, slot + BitOperations.TrailingZeroCount(rest));
            slot += 64 - (place & 63);
        }
    }

    private void Turn(long slot)
    {
        _slot = slot;
        int place = (int)(slot % Slots);
        for (int cell = _heads[place], next; cell != None; cell = next)
        {
            next = _cells[cell].Next;
            _current.Enqueue(_cells[cell].Event, _cells[cell].Event);
            _cells[cell].Next = _free;
            _free = cell;
            _inWheel--;
        }
        _heads[place] = None;
        _occupied[place >> 6] &= ~(1UL << (place & 63));
        while (_far.Count > 0 && _far.Peek().Due / SlotTicks is var reached && reached < slot + Slots)
        {
            SimulatedEvent near = _far.Dequeue();
            if (reached <= slot)
                _current.Enqueue(near, near);
            else
                AddToWheel(reached, near);
        }
    }
}
