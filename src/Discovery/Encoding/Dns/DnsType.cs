namespace Discovery.Encoding.Dns;

/// <summary>The type of a resource record or of a question, of which only those that something here looks into have a name.</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Ptr = 12,
    Hinfo = 13,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Dname = 39,
    Opt = 41,
    Nsec = 47,

    /// <summary>In a question: every type.</summary>
    Any = 255,
}
