using System.Diagnostics.CodeAnalysis;
using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A search that goes on until it is stopped: what it finds comes out in order.</summary>
internal sealed class ServiceBrowse(DnsName type, DnsName name)
{
    private readonly Queue<ServiceEvent> _events = [];
    private readonly Dictionary<DnsName, ServiceInstance> _reported = new(DnsNameComparer.Instance);

    public DnsName Type { get; } = type;

    /// <summary>What is asked for: the type, or a subtype of it.</summary>
    public DnsName Name { get; } = name;

    /// <summary>The services that are there, as the events so far have told.</summary>
    public IReadOnlyCollection<ServiceInstance> Services => _reported.Values;

    public bool TryTakeEvent([NotNullWhen(true)] out ServiceEvent? change) => _events.TryDequeue(out change);

    /// <summary>Tells what is new about an instance.</summary>
    /// <param name="name">The instance.</param>
    /// <param name="service">How it is now; null when it is not there.</param>
    public void Report(DnsName name, ServiceInstance? service)
    {
        bool isKnown = _reported.TryGetValue(name, out ServiceInstance? known);
        if (service is null)
        {
            if (!isKnown)
                return;
            _reported.Remove(name);
            _events.Enqueue(new(ServiceChange.Lost, known!));
            return;
        }
        if (isKnown && known!.Equals(service))
            return;
        _reported[name] = service;
        _events.Enqueue(new(isKnown ? ServiceChange.Updated : ServiceChange.Found, service));
    }
}
