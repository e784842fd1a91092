using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>How a <see cref="UdpTransport"/> uses the operating system.</summary>
public sealed record UdpTransportOptions
{
    /// <summary>
    /// The bytes of received datagrams the kernel keeps while the transport is busy; more of them outlive a burst. Asked for on a best-effort basis:
    /// an unprivileged process on Linux gets at most <c>net.core.rmem_max</c>.
    /// </summary>
    /// <value>Default 4 MiB. 0 leaves the system's own size.</value>
    public int ReceiveBufferBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 4 << 20;

    /// <summary>Whether many datagrams cross into the kernel in one call (<c>recvmmsg</c>, <c>sendmmsg</c>). Without effect where the system has no such calls.</summary>
    /// <value>Default true.</value>
    public bool UseBatchedSystemCalls { get; init; } = true;

    /// <summary>The most datagrams taken in one batch, 1 to 1024. Each costs 3.6 KiB of address space, of which only what was ever used becomes memory.</summary>
    /// <value>Default 32: a flood is answered no faster with 16, 64 or 128.</value>
    public int BatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            field = value;
        }
    } = 32;

    /// <summary>Where failures of the socket and of the receiver are reported.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
