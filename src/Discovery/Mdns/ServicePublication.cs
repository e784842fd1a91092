using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A service to publish on the local network (RFC 6763).</summary>
public sealed record ServicePublication
{
    /// <summary>The instance name that people see: 1 to 63 bytes of UTF-8, dots and spaces allowed. When somebody else has it, " (2)" and so on is appended.</summary>
    public required string Instance { get; init; }

    /// <summary>The type, such as <c>_discovery._udp</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The port, 1 to 65535.</summary>
    public required ushort Port { get; init; }

    /// <summary>Subtypes, each one label, such as <c>_printer</c>. Default none.</summary>
    public IReadOnlyList<string> Subtypes { get; init; } = [];

    /// <summary>The key/value pairs. Default none.</summary>
    public ServiceText Text { get; init; } = ServiceText.Empty;

    /// <summary>Whether nobody else can have that instance name, because it is made of a key. Then it is announced at once, without three quarters of a second of probing. Default false.</summary>
    public bool IsInstanceUnique { get; init; }

    /// <summary>The name of the type.</summary>
    /// <exception cref="ArgumentException">Something in here cannot be published.</exception>
    internal DnsName Validate()
    {
        DnsName type = DnsSdNames.OfType(Type);
        ArgumentException.ThrowIfNullOrEmpty(Instance);
        ArgumentOutOfRangeException.ThrowIfZero(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Text.Wire.Length, ServiceText.MaxLength, nameof(Text));
        if (!type.CanPrepend(System.Text.Encoding.UTF8.GetByteCount(Instance)))
            throw new ArgumentException("An instance name has 1 to 63 bytes of UTF-8.");
        foreach (string subtype in Subtypes)
            if (!type.Prepend("_sub").CanPrepend(System.Text.Encoding.UTF8.GetByteCount(subtype)))
                throw new ArgumentException("A subtype has 1 to 63 bytes of UTF-8.");
        return type;
    }
}
