using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A service instance that a search has heard of.</summary>
internal sealed class TrackedInstance(DnsName name, DnsName type)
{
    public DnsName Name { get; } = name;

    public DnsName Type { get; } = type;

    /// <summary>The host that its newest SRV record names.</summary>
    public DnsName? Host { get; set; }

    /// <summary>The searches that it has come up in.</summary>
    public HashSet<ServiceBrowse> Browses { get; } = [];
}
