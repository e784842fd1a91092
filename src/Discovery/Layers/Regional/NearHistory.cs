namespace Discovery.Layers;

/// <summary>What earlier searches came to: whose answers led nowhere, and who named places that turned out to be empty. Bounded; thread-safe.</summary>
/// <remarks>So whoever names nobody of use, however near, is asked after all others in the next search, and a few that lie together hide nobody for long.</remarks>
internal sealed class NearHistory
{
    private const int MaxContacts = 1024, MaxEmpty = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, int> _fruitless = [];
    private readonly HashSet<(PeerId, PeerEndPoint)> _empty = [];
    private readonly Queue<(PeerId, PeerEndPoint)> _oldest = [];

    /// <summary>How many answers in a row of a contact have led nowhere.</summary>
    public int FruitlessOf(in PeerId id)
    {
        lock (_gate)
            return _fruitless.GetValueOrDefault(id);
    }

    /// <summary>A contact was asked; what it says is worth nothing until somebody was found by it.</summary>
    public void Asked(in PeerId id)
    {
        lock (_gate)
        {
            // All are equal again: it is forgotten too rarely to matter.
            if (_fruitless.Count == MaxContacts && !_fruitless.ContainsKey(id))
                _fruitless.Clear();
            _fruitless[id] = _fruitless.GetValueOrDefault(id) + 1;
        }
    }

    /// <summary>Somebody whom a contact named leads nearer.</summary>
    public void Helped(in PeerId id)
    {
        lock (_gate)
            _fruitless.Remove(id);
    }

    /// <summary>Nobody was at a place that a contact named.</summary>
    /// <returns>Whether that is the first time: who goes on naming one that has died knows no better.</returns>
    public bool NoteEmpty(in PeerId id, in PeerEndPoint place)
    {
        lock (_gate)
        {
            if (!_empty.Add((id, place)))
                return false;
            _oldest.Enqueue((id, place));
            if (_oldest.Count > MaxEmpty)
                _empty.Remove(_oldest.Dequeue());
            return true;
        }
    }
}
