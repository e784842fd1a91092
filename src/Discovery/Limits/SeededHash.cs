namespace Discovery.Limits;

/// <summary>Hashes of what strangers choose, so mixed with a seed that they do not know: nobody can aim at one bucket.</summary>
/// <remarks>The seed is that of <see cref="HashCode"/>, drawn per process. <see cref="HashCode"/> itself folds a 64-bit value before seeding, so equal folds would collide whatever the seed.</remarks>
internal static class SeededHash
{
    private static readonly ulong Seed0 = Draw(1), Seed1 = Draw(2), Seed2 = Draw(3);

    /// <summary>Compares ids and hashes them by <see cref="Of(in NodeId)"/>.</summary>
    public static IEqualityComparer<NodeId> NodeIds { get; } = EqualityComparer<NodeId>.Create(static (left, right) => left == right, static id => Of(id));

    /// <summary>Compares end points and hashes them by <see cref="Of(in PeerEndPoint)"/>.</summary>
    public static IEqualityComparer<PeerEndPoint> EndPoints { get; } = EqualityComparer<PeerEndPoint>.Create(static (left, right) => left == right, static endPoint => Of(endPoint));

    public static int Of(in PeerEndPoint endPoint) =>
        (int)Fold(Fold(endPoint.HighBits ^ Seed0, endPoint.LowBits ^ Seed1) ^ ((ulong)endPoint.ScopeId << 16 | (uint)endPoint.Port), Seed2);

    public static int Of(in NodeId id) => (int)Fold(Fold(id.High ^ Seed0, id.Middle ^ Seed1) ^ id.Low, Seed2);

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    private static ulong Draw(int index) => (ulong)(uint)HashCode.Combine(index) << 32 | (uint)HashCode.Combine(-index) | 1;
}
