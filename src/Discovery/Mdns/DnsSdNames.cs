using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>The names of DNS-SD (RFC 6763) in the domain of mDNS.</summary>
internal static class DnsSdNames
{
    public static readonly DnsName Local = DnsName.Parse("local.");

    /// <summary>RFC 6763 9: points to the types that there are.</summary>
    public static readonly DnsName Enumeration = DnsName.Parse("_services._dns-sd._udp.local.");

    /// <summary>The name of a service type such as <c>_ipp._tcp</c>.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static DnsName OfType(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        string text = type.TrimEnd('.');
        if (text.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
            text = text[..^".local".Length];
        string[] labels = text.Split('.');
        // RFC 6763 7; RFC 6335 5.1 has at most 15 characters, which types in use exceed.
        bool isType = labels.Length == 2 && labels[0].Length > 1 && labels[0][0] == '_'
            && (labels[1].Equals("_udp", StringComparison.OrdinalIgnoreCase) || labels[1].Equals("_tcp", StringComparison.OrdinalIgnoreCase));
        return isType && DnsName.TryParse(text + ".local.", out DnsName? name) ? name : throw new ArgumentException($"'{type}' is not a service type such as _ipp._tcp.", nameof(type));
    }

    /// <summary>RFC 6763 7.1.</summary>
    public static DnsName OfSubtype(DnsName type, string subtype) => type.Prepend("_sub").Prepend(subtype);

    /// <summary>The type without the domain, as people write it.</summary>
    public static string TypeText(DnsName type) => type.ToString()[..^".local.".Length];
}
