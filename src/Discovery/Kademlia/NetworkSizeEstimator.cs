namespace Discovery.Kademlia;

/// <summary>How many nodes the network has, judged by how near the closest ones lie to the targets of lookups.</summary>
/// <remarks>Of n nodes spread evenly, the i-th closest lies at about i/(n+1) of the key space. Each lookup says ln n = ψ(k) − ln d(k), which is unbiased for even spread;
/// the middle half of the recent ones is averaged, so that neither a crowd of forged ids around a few targets nor a lookup that failed half-way moves the result much.</remarks>
internal sealed class NetworkSizeEstimator
{
    private const int MaxSamples = 32;
    private const int MaxClosest = 20;
    private const double EulerMascheroni = 0.577_215_664_901_532_9;
    private const double KeySpace = 18_446_744_073_709_551_616.0;

    private readonly record struct Sample(ulong Target, float LogSize);

    private Sample[]? _samples;
    private int _next;

    /// <summary>The number of lookups that the estimate rests on: the last 32 with different targets.</summary>
    public int Samples { get; private set; }

    /// <summary>The estimated number of nodes; 0 before the first lookup.</summary>
    public double Estimate { get; private set; }

    /// <summary>Learns from a finished lookup.</summary>
    /// <param name="target">What was looked up.</param>
    /// <param name="closest">The closest nodes that answered, nearest first.</param>
    public void Observe(in NodeId target, ReadOnlySpan<NodeId> closest)
    {
        int k = Math.Min(closest.Length, MaxClosest);
        double distance = k == 0 ? 0 : DistanceRatio(target, closest[k - 1]);
        if (distance == 0)
            return;
        double digamma = -EulerMascheroni;
        for (int i = 1; i < k; i++)
            digamma += 1.0 / i;
        _samples ??= new Sample[MaxSamples];
        // A target that is looked up again says nothing new: one place in the key space, one sample.
        int index = 0;
        while (index < Samples && _samples[index].Target != target.High)
            index++;
        if (index == Samples)
        {
            index = _next;
            _next = (_next + 1) % MaxSamples;
            Samples = Math.Min(Samples + 1, MaxSamples);
        }
        _samples[index] = new(target.High, (float)(digamma - Math.Log(distance)));
        Estimate = Math.Exp(MiddleMean());
    }

    /// <summary>The distance at which the k-th closest node is expected, as a part of the key space (0 to 1); 0 while the size is unknown, so that no node counts as near enough.</summary>
    public double ExpectedDistanceRatio(int k) => Samples == 0 ? 0 : Math.Min(1, k / (Estimate + 1));

    /// <summary>The distance of two ids as a part of the key space: 0 to 1.</summary>
    public static double DistanceRatio(in NodeId left, in NodeId right) => (left.High ^ right.High) / KeySpace;

    private double MiddleMean()
    {
        Span<float> sorted = stackalloc float[MaxSamples];
        sorted = sorted[..Samples];
        for (int i = 0; i < sorted.Length; i++)
            sorted[i] = _samples![i].LogSize;
        sorted.Sort();
        int cut = Samples / 4;
        double sum = 0;
        foreach (float value in sorted[cut..^cut])
            sum += value;
        return sum / (Samples - 2 * cut);
    }
}
