using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Discovery;

/// <summary>The keys under which the members of a network find each other (PROTOCOL, "Names"): SHA-1("discovery:" ‖ network ‖ 0x00 ‖ name), both UTF-8.</summary>
internal static class NetworkTopic
{
    /// <summary>The topic of every member; also the salt of their records.</summary>
    public static NodeId ForNetwork(string network) => Compute(network, "");

    /// <summary>The topic of those who offer <paramref name="capability"/>.</summary>
    public static NodeId ForCapability(string network, string capability)
    {
        ArgumentException.ThrowIfNullOrEmpty(capability);
        return Compute(network, "capability/" + capability);
    }

    /// <summary>The topic of those in <paramref name="region"/>.</summary>
    public static NodeId ForRegion(string network, string region)
    {
        ArgumentException.ThrowIfNullOrEmpty(region);
        return Compute(network, "region/" + region);
    }

    /// <exception cref="ArgumentException">The network is not a name as <see cref="ThrowUnlessName"/> asks.</exception>
    public static NodeId Compute(string network, string name)
    {
        ThrowUnlessName(network);
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(System.Text.Encoding.UTF8.GetBytes($"discovery:{network}\0{name}"), hash);
        return new(hash);
    }

    /// <exception cref="ArgumentException">The name is empty, blank, or has a NUL, which ends the network in what is hashed: two networks could share a topic.</exception>
    public static void ThrowUnlessName(string network, [CallerArgumentExpression(nameof(network))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(network, parameter);
        if (network.Contains('\0'))
            throw new ArgumentException("The name of a network has no NUL character.", parameter);
    }
}
