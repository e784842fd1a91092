namespace Discovery.Kademlia;

/// <summary>BEP 51 <c>sample_infohashes</c>: what the nodes on the way to a target, and those nearest to it, hold.</summary>
internal sealed class SampleLookup(NodeId target, bool ipv4, TimeSpan now) : Lookup(target, ipv4, now)
{
    private const int MaxSamples = 10_000;

    private readonly HashSet<NodeId> _samples = [];

    public override string Verb => "sample_infohashes";

    /// <summary>The info-hashes seen: at most 10 000.</summary>
    public IReadOnlyCollection<NodeId> Samples => _samples;

    /// <summary>The sum of the numbers of info-hashes that the nodes say they hold.</summary>
    public long Held { get; private set; }

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.SampleInfoHashes;
        query.Target = TargetBytes;
    }

    protected override void OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        Held += Math.Clamp(reply.Number ?? 0, 0, int.MaxValue);
        ReadOnlySpan<byte> samples = reply.Samples;
        for (; samples.Length >= NodeId.Size && _samples.Count < MaxSamples; samples = samples[NodeId.Size..])
            _samples.Add(new NodeId(samples[..NodeId.Size]));
    }
}
