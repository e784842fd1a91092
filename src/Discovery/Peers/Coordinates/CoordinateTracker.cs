using System.Runtime.Intrinsics;

namespace Discovery.Peers;

/// <summary>Keeps this peer's own coordinate right, from round trips to peers whose coordinates are known (Dabek et al., "Vivaldi: a decentralized network coordinate system", 2004, figure 3). Thread-safe.</summary>
/// <remarks>
/// With d the predicted and r the measured time, e and e' this peer's and the other's error, w = e / (e + e'): the error becomes a mean of the old one and of |d − r| / r in which the new one weighs
/// 0.25 w, and the coordinate moves by 0.25 w (r − d) away from the other's.
/// <para>
/// A position and a height share a move as they share the distance. Each update is followed by a pull of (distance / 150 s)² s to the origin, so that all of them together do not drift (Ledlie et al.,
/// "Network coordinates in the wild", 2007), and half the mean of the last 20 errors is the adjustment.
/// </para>
/// <para>
/// Against liars: what a peer says is at least <see cref="LeastRemoteError"/> wrong; no error moves the coordinate as if it were larger than twice the median of the last 20 round trips; and what contradicts
/// the rest is left out: a prediction that misses by more than a quarter, and by three times as much as half of the last 60 did. So a minority moves nobody by more than the others' errors allow, and when
/// this peer itself has moved most predictions miss, and none is left out. The price: those to whom the way is unlike most stay badly predicted; those that are known are measured anyway.
/// </para>
/// <para>
/// What is left: of 100 peers in a plane, with measurements that are off by up to a tenth, one in ten always claims to be 2.9 round trips away from whoever asks, in one direction. The median error of
/// predictions between the others is 6 % (5 % without liars, a third without this rule), and 14 to 18 % when they have lied from the beginning.
/// </para>
/// </remarks>
/// <param name="random">Chance, for a way apart from somebody at the same place.</param>
internal sealed class CoordinateTracker(Random random)
{
    /// <summary>cₑ and c꜀ of the paper: what one measurement weighs.</summary>
    private const float ErrorGain = 0.25f, PositionGain = 0.25f;

    /// <summary>The measurements whose errors make the adjustment.</summary>
    private const int Window = 20;

    /// <summary>Where the pull to the origin reaches a second: 150 s.</summary>
    private const float GravityMilliseconds = 150_000;

    /// <summary>The shortest time that is told from none: 1 µs.</summary>
    private const float Shortest = 0.001f;

    /// <summary>What another's claim to be sure counts at most.</summary>
    private const float LeastRemoteError = 0.05f;

    /// <summary>The measurements that say by how much a prediction usually misses.</summary>
    private const int MissWindow = 60;

    /// <summary>By how much a prediction misses that is a contradiction: at least this share of the time, and so many times as much as usual.</summary>
    private const float LeastContradiction = 0.25f, Contradiction = 3;

    private readonly Lock _lock = new();
    private readonly float[] _residuals = new float[Window], _trips = new float[Window], _misses = new float[MissWindow];
    private NetworkCoordinate _current = NetworkCoordinate.Origin;
    private int _count, _seen;

    /// <summary>Where this peer is.</summary>
    public NetworkCoordinate Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>Learns from one round trip.</summary>
    /// <param name="remote">What the other says of itself.</param>
    /// <param name="rtt">The measured time; never that of a retransmitted exchange.</param>
    /// <returns>Whether it was learnt from: not when the coordinate is out of range, the time is negative or longer than 5 s, or the other contradicts all that is known.</returns>
    public bool Update(in NetworkCoordinate remote, TimeSpan rtt)
    {
        if (!remote.IsValid || !(rtt >= TimeSpan.Zero && rtt.TotalMilliseconds <= NetworkCoordinate.MaxMilliseconds))
            return false;
        float measured = Math.Max((float)rtt.TotalMilliseconds, Shortest);
        lock (_lock)
        {
            float predicted = _current.PredictMilliseconds(remote);
            if (IsContradiction(measured, predicted))
                return false;
            _trips[_count % Window] = measured;
            NetworkCoordinate moved = Pull(Push(remote, measured, predicted));
            float limit = Limit();
            _residuals[_count++ % Window] = Math.Clamp(measured - moved.Distance(remote), -limit, limit);
            moved = moved with { Adjustment = Sum(_residuals) / (2 * Window) };
            _current = moved.IsValid ? moved : NetworkCoordinate.Origin;
            return true;
        }
    }

    private bool IsContradiction(float measured, float predicted)
    {
        float difference = Math.Abs(measured - predicted), miss = difference / Math.Min(measured, predicted);
        bool contradicts = _seen >= MissWindow && difference > 1 && miss > Math.Max(LeastContradiction, Contradiction * Median(_misses));
        _misses[_seen++ % MissWindow] = miss;
        return contradicts;
    }

    private NetworkCoordinate Push(in NetworkCoordinate remote, float measured, float predicted)
    {
        float weight = _current.Error / (_current.Error + Math.Max(remote.Error, LeastRemoteError)), limit = Limit();
        float wrong = Math.Min(Math.Abs(measured - predicted) / measured, 1);
        float error = Math.Clamp(wrong * ErrorGain * weight + _current.Error * (1 - ErrorGain * weight), NetworkCoordinate.MinError, NetworkCoordinate.MaxError);
        float force = PositionGain * weight * Math.Clamp(measured - predicted, -limit, limit);
        Vector256<float> away = _current.Position - remote.Position;
        float length = NetworkCoordinate.Length(away), heights = _current.Height + remote.Height;
        if (length < Shortest)
            return _current with { Error = error, Position = _current.Position + RandomDirection() * force };
        float share = force / (length + heights);
        return _current with { Error = error, Position = _current.Position + away * share, Height = Math.Clamp(_current.Height + heights * share, NetworkCoordinate.MinHeight, NetworkCoordinate.MaxMilliseconds) };
    }

    private static NetworkCoordinate Pull(in NetworkCoordinate coordinate)
    {
        float ratio = NetworkCoordinate.Length(coordinate.Position) / GravityMilliseconds;
        return coordinate with { Position = coordinate.Position * (1 - ratio * (1000 / GravityMilliseconds)) };
    }

    /// <summary>Twice the median of the last round trips: a minority cannot raise it at will.</summary>
    private float Limit() => 2 * Median(_trips.AsSpan(0, Math.Min(_count + 1, Window)));

    private static float Median(ReadOnlySpan<float> values)
    {
        Span<float> sorted = stackalloc float[MissWindow];
        sorted = sorted[..values.Length];
        values.CopyTo(sorted);
        sorted.Sort();
        return sorted[sorted.Length / 2];
    }

    private static float Sum(float[] values)
    {
        float sum = 0;
        foreach (float value in values)
            sum += value;
        return sum;
    }

    private Vector256<float> RandomDirection()
    {
        Span<float> components = stackalloc float[NetworkCoordinate.Dimensions];
        for (int i = 0; i < components.Length; i++)
            components[i] = random.NextSingle() - 0.5f;
        Vector256<float> direction = Vector256.Create<float>(components);
        float length = NetworkCoordinate.Length(direction);
        return length > 0 ? direction / length : Vector256.CreateScalar(1f);
    }
}
