using System.Diagnostics.CodeAnalysis;

namespace Discovery.Encoding.Dns;

/// <summary>Lets a dictionary keyed by name be asked with a view of a message, without making a name of it first.</summary>
internal sealed class DnsNameComparer : IEqualityComparer<DnsName>, IAlternateEqualityComparer<DnsNameView, DnsName>
{
    public static DnsNameComparer Instance { get; } = new();

    public bool Equals(DnsName? x, DnsName? y) => x is null ? y is null : x.Equals(y);

    public int GetHashCode([DisallowNull] DnsName obj) => obj.GetHashCode();

    public bool Equals(DnsNameView alternate, DnsName other) => alternate.Equals(other.View);

    public int GetHashCode(DnsNameView alternate) => alternate.ComputeHash();

    public DnsName Create(DnsNameView alternate) => DnsName.From(alternate);
}
