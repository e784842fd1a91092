using Discovery.Simulation.Engine;

namespace Discovery.Simulation;

/// <summary>Chance that follows from addresses alone: the same for the same addresses, in every run.</summary>
internal static class AddressHash
{
    private const double Unit = 1.0 / (1UL << 32);

    /// <summary>An address as a number; ports play no part.</summary>
    public static ulong Number(in PeerEndPoint endPoint) => endPoint.IsIPv4 ? endPoint.IPv4Bits : endPoint.HighBits ^ SimulationRandom.Mix(endPoint.LowBits);

    /// <summary>64 bits for one address.</summary>
    public static ulong Of(in PeerEndPoint endPoint, ulong seed) => SimulationRandom.Mix(SimulationRandom.Mix(seed) + Number(endPoint));

    /// <summary>64 bits for two addresses, the same in both orders.</summary>
    public static ulong OfPair(in PeerEndPoint left, in PeerEndPoint right, ulong seed)
    {
        ulong a = Number(left), b = Number(right);
        return SimulationRandom.Mix(SimulationRandom.Mix(Math.Min(a, b) + seed) + Math.Max(a, b));
    }

    /// <summary>64 bits for the way from one address to another.</summary>
    public static ulong OfWay(in PeerEndPoint from, in PeerEndPoint to, ulong seed) => SimulationRandom.Mix(Of(from, seed) + Number(to));

    /// <summary>The upper half as a number from 0 to less than 1.</summary>
    public static double Upper(ulong bits) => (bits >> 32) * Unit;

    /// <summary>The lower half as a number from 0 to less than 1.</summary>
    public static double Lower(ulong bits) => (uint)bits * Unit;
}
