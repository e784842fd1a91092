namespace Discovery.Transports;

/// <summary>Who can reach whom. An entry with port 0 stands for every port of its address; one with a port goes before it.</summary>
internal sealed class InMemoryTopology
{
    private readonly HashSet<PeerEndPoint> _unplugged = [];
    private readonly Dictionary<PeerEndPoint, int> _islands = [];
    private int _lastIsland;

    public void Unplug(PeerEndPoint endPoint) => _unplugged.Add(endPoint);

    public void Plug(PeerEndPoint endPoint) => _unplugged.Remove(endPoint);

    public void Partition(IEnumerable<PeerEndPoint> island)
    {
        _lastIsland++;
        foreach (PeerEndPoint endPoint in island)
            _islands[endPoint] = _lastIsland;
    }

    public void Heal() => _islands.Clear();

    public bool Connects(in PeerEndPoint left, in PeerEndPoint right) =>
        (_unplugged.Count == 0 || !IsUnplugged(left) && !IsUnplugged(right)) && (_islands.Count == 0 || Island(left) == Island(right));

    private bool IsUnplugged(in PeerEndPoint endPoint) => _unplugged.Contains(endPoint) || _unplugged.Contains(endPoint.AddressKey);

    private int Island(in PeerEndPoint endPoint) =>
        _islands.TryGetValue(endPoint, out int island) || _islands.TryGetValue(endPoint.AddressKey, out island) ? island : 0;
}
