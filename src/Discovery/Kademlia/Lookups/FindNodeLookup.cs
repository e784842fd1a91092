namespace Discovery.Kademlia;

/// <summary>BEP 5 <c>find_node</c>: the nodes nearest to an id.</summary>
internal sealed class FindNodeLookup(NodeId target, bool ipv4, TimeSpan now) : Lookup(target, ipv4, now)
{
    public override string Verb => "find_node";

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.FindNode;
        query.Target = TargetBytes;
    }
}
