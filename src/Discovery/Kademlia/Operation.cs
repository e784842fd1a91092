namespace Discovery.Kademlia;

/// <summary>Something that asks questions of nodes: a lookup, or a single query. The node sends what it asks for and tells it what came back.</summary>
internal abstract class Operation
{
    /// <summary>Whether <see cref="OnFinished"/> has been called.</summary>
    public bool IsReported { get; set; }

    /// <summary>Whether a query to <paramref name="to"/>, which may have had to wait for the budget, is still worth sending.</summary>
    public virtual bool Wants(Candidate to) => !IsFinished;

    /// <summary>Fills in the method and the arguments of the query to <paramref name="to"/>; the node adds its own id and the transaction.</summary>
    public abstract void WriteQuery(Candidate to, ref KrpcMessage query);

    /// <summary>An answer that matches transaction, end point and expected id.</summary>
    public abstract void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context);

    /// <summary>The node refused. The transaction is over.</summary>
    public abstract void OnError(Candidate from, int code, in ReplyContext context);

    /// <summary>The answer takes longer than usual; it may still come.</summary>
    public abstract void OnStall(Candidate candidate);

    /// <summary>The answer takes so long that nobody should wait for it; it may still come.</summary>
    public abstract void OnAbandon(Candidate candidate);

    /// <summary>The transaction is over without an answer.</summary>
    public abstract void OnTimeout(Candidate candidate);

    /// <summary>The next node to ask, if there is one now. The operation considers it asked.</summary>
    public abstract Candidate? NextQuery();

    /// <summary>Whether nothing more will be asked or accepted; from then on the node forgets the operation.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>Called once, when <see cref="IsFinished"/> has become true.</summary>
    public abstract void OnFinished(TimeSpan now);

    /// <summary>Ends it before its time; what it has found stands.</summary>
    public abstract void Cancel();
}

/// <summary>What an operation may want to know beside the answer itself.</summary>
/// <param name="Now">The time.</param>
/// <param name="Rtt">The round-trip time of this exchange.</param>
internal readonly record struct ReplyContext(TimeSpan Now, TimeSpan Rtt);
