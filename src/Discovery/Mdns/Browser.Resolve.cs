using System.Net;
using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <content>From an instance to where it is: the newest that any link has heard.</content>
internal sealed partial class Browser
{
    private CacheEntry? Newest(DnsName name, DnsType type)
    {
        CacheEntry? newest = null;
        foreach (MdnsLink link in links)
            if (link.Querier.Cache.Newest(name, type) is { } entry && entry.IsNewerThan(newest))
                newest = entry;
        return newest;
    }

    private ServiceInstance? Resolve(TrackedInstance instance)
    {
        if (Newest(instance.Name, DnsType.Srv) is not { } service || Newest(instance.Name, DnsType.Txt) is not { } text || ServiceText.Read(text.Record.Data) is not { } pairs)
            return null;
        List<IPAddress> addresses = [];
        foreach (MdnsLink link in links)
        {
            IReadOnlyList<CacheEntry> named = link.Querier.Cache.Named(service.Record.Target!);
            foreach (CacheEntry entry in named)
                if (entry.Record.Type is DnsType.A or DnsType.Aaaa && (!entry.IsDoomed || link.Querier.Cache.Newest(entry.Record.Name, entry.Record.Type)!.IsDoomed))
                    Add(AddressOf(entry.Record, link.InterfaceIndex));
        }
        return addresses.Count == 0 ? null : new()
        {
            Instance = instance.Name.FirstLabel,
            Type = DnsSdNames.TypeText(instance.Type),
            Host = service.Record.Target!.ToString(),
            Port = service.Record.Port,
            Text = pairs,
            Addresses = addresses,
        };

        void Add(IPAddress address)
        {
            if (!addresses.Contains(address))
                addresses.Add(address);
        }
    }

    private static IPAddress AddressOf(DnsRecord record, int interfaceIndex)
    {
        IPAddress address = new(record.Data);
        if (address.IsIPv6LinkLocal)
            address.ScopeId = (uint)interfaceIndex;
        return address;
    }

    private void FollowHost(TrackedInstance instance)
    {
        DnsName? host = Newest(instance.Name, DnsType.Srv)?.Record.Target;
        if (Equals(host, instance.Host))
            return;
        LeaveHost(instance);
        instance.Host = host;
        if (host is null)
            return;
        if (!_hosts.TryGetValue(host, out HashSet<TrackedInstance>? users))
            _hosts.Add(host, users = []);
        users.Add(instance);
    }

    private void LeaveHost(TrackedInstance instance)
    {
        if (instance.Host is { } host && _hosts.TryGetValue(host, out HashSet<TrackedInstance>? users) && users.Remove(instance) && users.Count == 0)
            _hosts.Remove(host);
        instance.Host = null;
    }
}
