using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Transports;

/// <summary>How an <see cref="MdnsHost"/> runs.</summary>
public sealed record MdnsHostOptions
{
    /// <summary>The names of the network interfaces to use, such as <c>eth0</c>. One that is not there is used when it comes. <value>Default empty: all that are up and can multicast, but for loopback.</value></summary>
    public IReadOnlyList<string> Interfaces { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>The first label of the host name under which services are published, 1 to 63 bytes of UTF-8. <value>Default null: the name of this machine and eight random hexadecimal digits, which no other program on it has.</value></summary>
    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public string? HostLabel
    {
        get;
        init
        {
            if (value is not null && System.Text.Encoding.UTF8.GetByteCount(value) is < 1 or > 63)
                throw new ArgumentException("A label has 1 to 63 bytes of UTF-8.", nameof(HostLabel));
            field = value;
        }
    }

    /// <summary>Where time comes from. <value>Default <see cref="System.TimeProvider.System"/>.</value></summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where logs go. <value>Default: nowhere.</value></summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Whether nobody else can have the host name, because it is made of a key: then it is not probed for.</summary>
    internal bool IsHostLabelUnique { get; init; }

    /// <summary>Which addresses of this machine are published; null for all.</summary>
    internal Func<IPAddress, bool>? IsPublished { get; init; }

    /// <summary>Chance; null for the system's.</summary>
    internal Random? Random { get; init; }

    /// <summary>The network; null for that of this machine.</summary>
    internal IMulticastNetwork? Network { get; init; }
}
