namespace Discovery.Simulation;

/// <summary>What stands between a host and the Internet: the kinds of RFC 3489, section 5, with the behaviours of RFC 4787 that make them up.</summary>
public enum NatKind
{
    /// <summary>One port for all that a host sends, open to everybody: endpoint-independent mapping and filtering. Strangers reach the host as long as it sends anything to anybody.</summary>
    FullCone,

    /// <summary>One port for all that a host sends, open to the addresses that it has sent to: endpoint-independent mapping, address-dependent filtering.</summary>
    RestrictedCone,

    /// <summary>One port for all that a host sends, open to the end points that it has sent to: endpoint-independent mapping, address- and port-dependent filtering.</summary>
    PortRestrictedCone,

    /// <summary>A port for each end point that a host sends to, open to that one alone: address- and port-dependent mapping and filtering.</summary>
    Symmetric,

    /// <summary>No translation, but only those are let in whom the host has sent to: the symmetric UDP firewall of RFC 3489. The host reaches others, and they do not reach it.</summary>
    Firewall,
}
