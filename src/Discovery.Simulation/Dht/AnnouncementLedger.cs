namespace Discovery.Simulation.Dht;

/// <summary>When, and on which side of a broken network, each key was announced: whether somebody who looks for it can expect to find it.</summary>
/// <remarks>An attempt counts, whatever came of it: what the network fails to store, or loses before its time, is its own failure.</remarks>
internal sealed class AnnouncementLedger(DhtWorld world)
{
    private readonly record struct Announcement(TimeSpan Expires, Func<PeerEndPoint, int>? SideOf, int Side);

    private readonly Dictionary<NodeId, List<Announcement>> _byKey = [];

    /// <summary>A host announces something.</summary>
    /// <param name="key">The key.</param>
    /// <param name="host">The host.</param>
    /// <param name="lifetime">How long nodes keep it.</param>
    public void Note(in NodeId key, KademliaHost host, TimeSpan lifetime)
    {
        if (!_byKey.TryGetValue(key, out List<Announcement>? all))
            _byKey.Add(key, all = []);
        all.RemoveAll(announcement => announcement.Expires <= world.Now);
        all.Add(new(world.Now + lifetime, world.SideOf, Side(host)));
    }

    /// <summary>Whether a key was announced within its lifetime where a host can learn of it: not on the other side alone of a network that is still broken.</summary>
    public bool IsAlive(in NodeId key, KademliaHost asker)
    {
        int side = Side(asker);
        return _byKey.TryGetValue(key, out List<Announcement>? all) && all.Exists(announcement => announcement.Expires > world.Now
            && (world.SideOf is null || !ReferenceEquals(announcement.SideOf, world.SideOf) || announcement.Side == side));
    }

    private int Side(KademliaHost host) => world.SideOf?.Invoke(host.OutsideAddress) ?? 0;
}
