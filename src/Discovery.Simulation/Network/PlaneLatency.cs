namespace Discovery.Simulation;

/// <summary>Every address has a place on a square.</summary>
internal sealed class PlaneLatency(TimeSpan side, TimeSpan least, ulong seed) : ILatencyModel
{
    public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right)
    {
        ulong a = AddressHash.Of(left, seed), b = AddressHash.Of(right, seed);
        double x = AddressHash.Upper(a) - AddressHash.Upper(b), y = AddressHash.Lower(a) - AddressHash.Lower(b);
        return TimeSpan.FromTicks(Math.Min(least.Ticks + (long)(side.Ticks * Math.Sqrt(x * x + y * y)), LatencyModel.Longest.Ticks));
    }

    public override string ToString() => Code.Call(nameof(LatencyModel.Plane), Code.Of(side), Code.Of(least), Code.Of(seed));
}
