using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Adversaries;

/// <summary>The addresses that an attacker has. BEP 42 makes them what an attack costs.</summary>
internal static class AddressBudget
{
    private const int Draws = 64;

    /// <summary>Draws addresses that nobody has.</summary>
    /// <param name="world">The network.</param>
    /// <param name="count">How many.</param>
    /// <param name="perSubnet">How many of one /24: 1 for a botnet, up to 250 for rented servers.</param>
    public static List<PeerEndPoint> Draw(DhtWorld world, int count, int perSubnet = 1)
    {
        List<PeerEndPoint> addresses = [];
        while (addresses.Count < count)
        {
            PeerEndPoint first = world.FreeEndPoint();
            for (uint i = 1; i <= perSubnet && addresses.Count < count; i++)
                if (new PeerEndPoint((first.IPv4Bits & ~0xFFu) + i, (ushort)first.Port) is var address && !world.Internet.IsTaken(address) && !addresses.Contains(address))
                    addresses.Add(address);
        }
        return addresses;
    }

    /// <summary>The nearest id to a target that BEP 42 allows at an address: one of eight places in the key space.</summary>
    public static NodeId NearestSecureId(in PeerEndPoint address, in NodeId target, Random random)
    {
        NodeId nearest = SecureNodeId.Create(address, random);
        for (int i = 1; i < Draws; i++)
            if (SecureNodeId.Create(address, random) is var id && target.CompareDistance(id, nearest) < 0)
                nearest = id;
        return nearest;
    }
}
