namespace Discovery.Kademlia;

/// <summary>How long to wait for an answer before asking somebody else as well, learned from the round trips seen: the histogram of mldht's ResponseTimeoutFilter.</summary>
internal sealed class StallTimeout
{
    private const int Bins = 200;

    /// <summary>Few nodes ever wait longer than for these.</summary>
    private const int UsualBins = 24;
    private const int SamplesPerSnapshot = 16;
    private const float Decay = 0.95f;
    private static readonly TimeSpan BinWidth = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = BinWidth * Bins;
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private float[]? _bins;
    private int _samples;

    /// <summary>The time to wait: min(10 s, max(q10 + 100 ms, q90)); 1 s before the first 16 round trips.</summary>
    public TimeSpan Current { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>The time after which nobody should wait any longer, though the answer is still welcome: min(10 s, max(twice <see cref="Current"/>, q99 + 100 ms)).</summary>
    public TimeSpan Patience { get; private set; } = TimeSpan.FromSeconds(2);

    /// <summary>Learns from a round trip.</summary>
    public void Observe(TimeSpan rtt)
    {
        int bin = (int)Math.Clamp(rtt.Ticks / BinWidth.Ticks, 0, Bins - 1);
        if (_bins is null || bin >= _bins.Length)
            Array.Resize(ref _bins, bin < UsualBins ? UsualBins : Bins);
        _bins[bin]++;
        if (++_samples % SamplesPerSnapshot != 0)
            return;
        float total = 0;
        foreach (float weight in _bins)
            total += weight;
        TimeSpan low = Quantile(total * 0.1f) + Margin, high = Quantile(total * 0.9f);
        TimeSpan stall = low > high ? low : high;
        Current = stall < Longest ? stall : Longest;
        TimeSpan slowest = Quantile(total * 0.99f) + Margin, patience = slowest > 2 * Current ? slowest : 2 * Current;
        Patience = patience < Longest ? patience : Longest;
        foreach (ref float weight in _bins.AsSpan())
            weight *= Decay;
    }

    /// <summary>Where that much weight lies below, spread evenly inside a bin: on a LAN all of it lies in the first.</summary>
    private TimeSpan Quantile(float rank)
    {
        for (int i = 0; i < _bins!.Length; i++)
        {
            float weight = _bins[i];
            if (rank <= weight)
                return BinWidth * (i + (weight > 0 ? rank / weight : 0));
            rank -= weight;
        }
        return Longest;
    }
}
