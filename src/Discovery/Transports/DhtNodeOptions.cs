using Discovery.Kademlia;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Transports;

/// <summary>How a <see cref="DhtNode"/> runs.</summary>
public sealed record DhtNodeOptions
{
    /// <summary>How it behaves in the network.</summary>
    public KademliaOptions Kademlia { get; init; } = new();

    /// <summary>The id for IPv4. <value>Default null: a random one, which follows the external address as BEP 42 asks once that is known.</value></summary>
    public NodeId? IdIPv4 { get; init; }

    /// <summary>The id for IPv6. <value>Default null: a random one, as for IPv4.</value></summary>
    public NodeId? IdIPv6 { get; init; }

    /// <summary>What <see cref="DhtNode.Save"/> gave in an earlier run: its ids are taken up, and its nodes are asked before any bootstrap host. <value>Default empty.</value></summary>
    public ReadOnlyMemory<byte> SavedState { get; init; }

    /// <summary>Where time comes from. <value>Default <see cref="System.TimeProvider.System"/>.</value></summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where chance comes from. <value>Default null: the operating system's cryptographic generator. A seeded one makes a simulated network repeatable and a real one insecure.</value></summary>
    public Random? Random { get; init; }

    /// <summary>Where logs go. <value>Default: nowhere.</value></summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
