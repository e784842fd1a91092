using System.Runtime.InteropServices;
using Discovery.Diagnostics;
using Discovery.Limits;

namespace Discovery.Kademlia;

/// <content>The client side: operations ask, transactions match what comes back.</content>
internal sealed partial class KademliaNode
{
    private readonly EndPointBudget? _budget;
    private readonly byte[] _transactionId = new byte[sizeof(uint)];
    private readonly Queue<Question> _sends = [];
    private readonly PriorityQueue<Question, TimeSpan> _delayed = new();
    private readonly Dictionary<uint, Transaction> _transactions = [];
    private MemberTokens? _memberTokens;
    private readonly PriorityQueue<uint, TimeSpan> _deadlines = new();

    private enum Stage : byte
    {
        Sent,
        Stalled,
        Abandoned,
    }

    private readonly record struct Question(Operation Operation, Candidate To);

    private struct Transaction
    {
        public Operation Operation;
        public Candidate To;
        public TimeSpan SentAt, Patience;
        public KrpcMethod Method;
        public Stage Stage;
    }

    /// <summary>Queries without an answer so far.</summary>
    public int InFlight => _transactions.Count;

    /// <summary>Queries that wait for the budget.</summary>
    public int Waiting => _delayed.Count + _sends.Count;

    /// <summary>What it holds at the moment of all that strangers can make it hold.</summary>
    public KademliaLoad Load => new(InFlight, Waiting, _newcomers.Count, _walks.Count, _budget?.Count ?? 0);

    /// <summary>Starts an operation: what it wants to send comes out of <see cref="PollTransmit"/>.</summary>
    public void Start(Operation operation, TimeSpan now)
    {
        // Nothing could leave for there, or nothing that comes back would be taken.
        if (operation is DirectQuery { EndPoint: var endPoint } && (Family(endPoint.IsIPv4) is null || !IsAcceptable(endPoint)))
            operation.Cancel();
        if (operation is MemberQuery { Token: null } query)
            query.Token = _memberTokens?.Recall(query.EndPoint, now);
        Pump(operation, now);
    }

    /// <summary>Ends an operation before its time. What it has found stands.</summary>
    public void Cancel(Operation operation, TimeSpan now)
    {
        if (operation.IsFinished)
            return;
        operation.Cancel();
        Pump(operation, now);
    }

    /// <summary>Gives the next datagram to send.</summary>
    /// <param name="datagram">Where it is written: 1472 bytes.</param>
    /// <param name="now">The time.</param>
    /// <param name="destination">Where it goes.</param>
    /// <returns>Its length; 0 when there is nothing to send now.</returns>
    public int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint destination)
    {
        while (_sends.TryDequeue(out Question send))
        {
            destination = send.To.EndPoint;
            if (!send.Operation.Wants(send.To))
                continue;
            if (_budget is not null && !destination.IsLoopback && !_budget.TryContact(destination, now, out TimeSpan retryAfter))
            {
                _delayed.Enqueue(send, now + retryAfter);
                continue;
            }
            return WriteQuery(send.Operation, send.To, now, datagram);
        }
        destination = default;
        return 0;
    }

    private int WriteQuery(Operation operation, Candidate to, TimeSpan now, Span<byte> datagram)
    {
        KademliaFamily family = Family(to.EndPoint.IsIPv4)!;
        uint id;
        do
            id = (uint)_random.Next(int.MinValue, int.MaxValue);
        while (_transactions.ContainsKey(id));
        MemoryMarshal.Write(_transactionId, id);
        KrpcMessage query = default;
        query.Kind = KrpcKind.Query;
        query.Transaction = _transactionId;
        query.Version = KrpcMessage.OwnVersion;
        query.IsReadOnly = _options.IsReadOnly || family.Reachability.IsHidden;
        family.Reachability.Sent(to.EndPoint, now);
        query.Id = family.IdBytes;
        operation.WriteQuery(to, ref query);
        query.WantsIPv4 = query.WantsIPv6 = query.Method is KrpcMethod.FindNode && WantsBothFamilies;
        TimeSpan stall = _options.Tuning.Timeout ?? family.Stall.Current;
        if (stall > _options.QueryTimeout / 2)
            stall = _options.QueryTimeout / 2;
        TimeSpan patience = family.Stall.Patience < _options.QueryTimeout ? family.Stall.Patience : _options.QueryTimeout;
        Stage stage = _options.Tuning.Timeout is null ? Stage.Sent : Stage.Abandoned;
        _transactions.Add(id, new Transaction { Operation = operation, To = to, SentAt = now, Patience = patience, Method = query.Method, Stage = stage });
        _deadlines.Enqueue(id, now + stall);
        if (to.IsIdKnown)
            family.Table.Asked(to.Id, now);
        return query.Write(datagram);
    }

    private void HandleAnswer(KademliaFamily family, in KrpcMessage message, in PeerEndPoint source, TimeSpan now)
    {
        // Trap 11: by end point and transaction, never by transaction alone.
        if (message.Transaction.Length != sizeof(uint) || !_transactions.TryGetValue(MemoryMarshal.Read<uint>(message.Transaction), out Transaction transaction)
            || transaction.To.EndPoint != source)
        {
            Drop("unmatched");
            return;
        }
        Candidate from = transaction.To;
        ReplyContext context = new(now, now - transaction.SentAt);
        bool isError = message.Kind == KrpcKind.Error;
        if (!isError && (!NodeId.TryParse(message.Id, out NodeId id) || id == family.Id || from.IsIdKnown && id != from.Id))
        {
            // Somebody else lives there now, or a liar does: it proves itself anew or not at all.
            family.Table.Evict(source);
            Drop("wrong_id");
            Close(message.Transaction, transaction, "wrong_id");
            if (!transaction.Operation.IsReported)
                transaction.Operation.OnTimeout(from);
            Pump(transaction.Operation, now);
            return;
        }
        Close(message.Transaction, transaction, isError ? "error" : "answered");
        family.LastReceived = now;
        family.Stall.Observe(context.Rtt);
        if (PeerEndPoint.TryParseCompact(message.Ip, out PeerEndPoint external) && external.IsIPv4 == source.IsIPv4)
            Vote(family, external, source, now);
        if (!isError)
        {
            LearnOtherFamily(family, message, now);
            ref NodeId router = ref CollectionsMarshal.GetValueRefOrNullRef(family.Routers, source);
            // BEP 43 has it in queries only. In an answer nobody else can have put it there. A small table can do without nobody.
            if (message.IsReadOnly && family.Table.Count > SmallTable)
                family.Table.Evict(source);
            else if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(in router))
                router = new(message.Id);
            else if (!message.IsReadOnly)
                Learn(family, new NodeId(message.Id), source, context);
        }
        // Whoever waited for the result may be reading it by now: what comes later changes nothing any more.
        if (transaction.Operation.IsReported)
            return;
        if (isError)
            transaction.Operation.OnError(from, message.ErrorCode ?? KrpcError.Generic, context);
        else
            transaction.Operation.OnReply(from, message, context);
        Pump(transaction.Operation, now);
    }

    private void Close(ReadOnlySpan<byte> transactionId, in Transaction transaction, string outcome)
    {
        _transactions.Remove(MemoryMarshal.Read<uint>(transactionId));
        DiscoveryMetrics.CountQuerySent(transaction.Method.Name(), outcome);
        // Whoever has been answered need not be woken up for it.
        while (_deadlines.TryPeek(out uint next, out _) && !_transactions.ContainsKey(next))
            _deadlines.Dequeue();
    }

    /// <summary>Moves every transaction whose time has come to its next stage.</summary>
    private void ExpireTransactions(TimeSpan now)
    {
        while (_deadlines.TryPeek(out uint id, out TimeSpan due) && due <= now)
        {
            _deadlines.Dequeue();
            ref Transaction transaction = ref CollectionsMarshal.GetValueRefOrNullRef(_transactions, id);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(in transaction))
                continue;
            Operation operation = transaction.Operation;
            Candidate to = transaction.To;
            switch (transaction.Stage)
            {
                case Stage.Sent:
                    transaction.Stage = Stage.Stalled;
                    _deadlines.Enqueue(id, transaction.SentAt + transaction.Patience);
                    if (!operation.IsReported)
                        operation.OnStall(to);
                    break;
                case Stage.Stalled when operation is Lookup { Answered: 0 } && IsOurFault(transaction, now):
                    _deadlines.Enqueue(id, now + transaction.Patience);
                    break;
                case Stage.Stalled:
                    transaction.Stage = Stage.Abandoned;
                    _deadlines.Enqueue(id, transaction.SentAt + _options.QueryTimeout);
                    if (!operation.IsReported)
                        operation.OnAbandon(to);
                    break;
                default:
                    KademliaFamily family = Family(to.EndPoint.IsIPv4)!;
                    if (to.IsIdKnown)
                        family.Table.Failed(to.Id, to.EndPoint, transaction.SentAt, online: family.LastReceived > transaction.SentAt);
                    DiscoveryMetrics.CountQuerySent(transaction.Method.Name(), "timeout");
                    _transactions.Remove(id);
                    if (!operation.IsReported)
                        operation.OnTimeout(to);
                    break;
            }
            Pump(operation, now);
        }
        while (_delayed.TryPeek(out Question send, out TimeSpan due) && due <= now)
        {
            _delayed.Dequeue();
            _sends.Enqueue(send);
        }
    }

    /// <summary>While nobody has answered since a query was sent, our own line is slow or down: a walk that has no answer yet gives nobody up for that, or it would end with nothing. But not for ever.</summary>
    private bool IsOurFault(in Transaction transaction, TimeSpan now) =>
        Family(transaction.To.EndPoint.IsIPv4)!.LastReceived < transaction.SentAt && now + transaction.Patience <= transaction.SentAt + _options.QueryTimeout;

    /// <summary>Lets an operation go on as far as it can.</summary>
    private void Pump(Operation operation, TimeSpan now)
    {
        if (operation.IsReported)
            return;
        while (operation.NextQuery() is { } to)
            _sends.Enqueue(new(operation, to));
        if (!operation.IsFinished)
            return;
        operation.IsReported = true;
        if (operation is Lookup lookup)
            LookupFinished(lookup, now);
        else if (operation is MemberQuery { IsTokenFresh: true, Token: { } token } query)
            (_memberTokens ??= new()).Remember(query.EndPoint, token, now);
        operation.OnFinished(now);
    }
}
