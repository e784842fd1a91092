using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A record that this host answers with on one link.</summary>
internal sealed class OwnRecord(DnsRecord record, uint ttl, bool isUnique)
{
    private static readonly TimeSpan Never = -TimeSpan.FromDays(1000);

    public DnsRecord Record { get; } = record;

    public uint Ttl { get; } = ttl;

    /// <summary>Whether no other host may have records of that name and type.</summary>
    public bool IsUnique { get; } = isUnique;

    /// <summary>Whether it says what there is not; given when asked, never announced.</summary>
    public bool IsNegative => Record.Type == DnsType.Nsec;

    /// <summary>The sets that hold it: services of one type share the record that names the type.</summary>
    public List<RecordSet> Sets { get; } = [];

    /// <summary>Whether it may be given: a set that holds it has been probed.</summary>
    public bool IsActive => Sets.Exists(static set => set.IsActive);

    public TimeSpan LastMulticast { get; set; } = Never;

    /// <summary>When it is to be multicast; <see cref="TimeSpan.MaxValue"/> when it is not.</summary>
    public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

    /// <summary>Who asked for it, as long as that is one host: its known answers can call it off (RFC 6762 7.2).</summary>
    public PeerEndPoint? OnlyFor { get; set; }

    /// <summary>The packet in which it has been put last.</summary>
    public int Packet { get; set; }

    /// <summary>RFC 6762 5.4: a unicast answer does only while the others have heard the record not too long ago.</summary>
    public bool WasMulticastLately(TimeSpan now) => now - LastMulticast < TimeSpan.FromSeconds(Ttl) / 4;
}
