using System.Runtime.InteropServices;

namespace Discovery.Simulation.Engine;

/// <content>
/// A host that was last called seconds ago is no longer in the processor's caches, and one event after the other would wait for memory some thirty times in a row. So what the next few
/// events need is read before they happen, level by level: within one level no read depends on another, and the processor waits for all of them at once.
/// </content>
internal sealed partial class VirtualInternet
{
    private readonly record struct Callee(SimulatedHost Host);

    private readonly List<SimulatedEvent> _coming = [];
    private readonly List<Callee> _callees = [];

    /// <summary>Where the sum of all that was read goes, so that it is read.</summary>
    private long _read;

    private void Prefetch()
    {
        _events.Foresee(_coming);
        if (_coming.Count == 0)
            return;
        foreach (ref readonly SimulatedEvent coming in CollectionsMarshal.AsSpan(_coming))
            if (coming.Payload >= 0)
                _read += _datagrams.Prefetch(coming.Payload);
        foreach (ref readonly SimulatedEvent coming in CollectionsMarshal.AsSpan(_coming))
        {
            if (coming.Payload >= 0)
            {
                _datagrams.Read(coming.Payload, out _, out PeerEndPoint to);
                if (_byEndPoint.TryGetValue(to, out SimulatedHost? host))
                    _callees.Add(new(host));
            }
            else if (coming.Payload == Timer && _timers[coming.Subject] == coming.Due)
                _callees.Add(new(_hosts[coming.Subject]));
        }
        for (int level = 0; level < SimulatedHost.Levels; level++)
            foreach (ref readonly Callee callee in CollectionsMarshal.AsSpan(_callees))
                _read += callee.Host.Prefetch(level);
        _coming.Clear();
        _callees.Clear();
    }
}
