using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Dht;

/// <summary>Where a host is: its own address, and what stands between it and the Internet.</summary>
/// <param name="EndPoint">Its own address.</param>
/// <param name="Nat">What it is behind; null for nothing.</param>
internal readonly record struct HostPlace(PeerEndPoint EndPoint, NatDevice? Nat)
{
    /// <summary>The address that others see, with whatever port.</summary>
    public PeerEndPoint Outside => Nat?.Address ?? EndPoint;
}

/// <summary>Gives hosts their places: public addresses by chance, and for parts of them addresses behind NATs.</summary>
internal sealed class AddressPlan(VirtualInternet internet, IReadOnlyList<NatShare> shares)
{
    private const ushort Port = 6881;

    private readonly NatDevice?[] _filling = new NatDevice?[shares.Count];
    private readonly uint _first = (uint)internet.Random.NextInt64(1L << 32);
    private uint _drawn;

    /// <summary>A place for a new host.</summary>
    public HostPlace Next()
    {
        if (shares.Count == 0)
            return new(FreeEndPoint(), null);
        double chance = internet.Random.NextDouble();
        for (int i = 0; i < shares.Count; i++)
            if ((chance -= shares[i].Part) < 0)
                return Behind(i);
        return new(FreeEndPoint(), null);
    }

    /// <summary>Another place of the same kind.</summary>
    public HostPlace Like(HostPlace place)
    {
        for (int i = 0; i < shares.Count; i++)
            if (shares[i].Kind == place.Nat?.Kind)
                return Behind(i);
        return new(FreeEndPoint(), null);
    }

    /// <summary>Whether a host is there.</summary>
    public bool IsTaken(HostPlace place) => place.Nat is null ? internet.IsTaken(place.EndPoint) : place.Nat.IsTaken(place.EndPoint);

    /// <summary>A public address that nobody has had.</summary>
    public PeerEndPoint FreeEndPoint()
    {
        while (true)
        {
            PeerEndPoint endPoint = new(Scatter(_first + _drawn++), Port);
            if (endPoint.IsUnicast && !endPoint.IsPrivate && !internet.IsTaken(endPoint))
                return endPoint;
        }
    }

    private HostPlace Behind(int index)
    {
        NatShare share = shares[index];
        if (share.Kind == NatKind.Firewall)
            return FreeEndPoint() is var endPoint ? new(endPoint, new NatDevice(share.Kind, endPoint, share.MappingTimeout)) : default;
        if (_filling[index] is not { } nat || nat.Given >= share.HostsBehindOne)
            _filling[index] = nat = new NatDevice(share.Kind, FreeEndPoint(), share.MappingTimeout);
        PeerEndPoint inside = nat.Give(Port);
        // Whoever is reached by strangers is so from the beginning: it has sent something to somebody.
        if (nat.LetsStrangersIn)
            nat.Leave(inside, inside, internet.Now);
        return new(inside, nat);
    }

    /// <summary>Each number once, in no order that would show: of a hundred thousand addresses drawn by chance two would be the same.</summary>
    private static uint Scatter(uint value)
    {
        value = (value ^ value >> 16) * 0x7FEB_352D;
        value = (value ^ value >> 15) * 0x846C_A68B;
        return value ^ value >> 16;
    }
}
