namespace Discovery.Kademlia;

/// <content>
/// Nodes that are not in the table yet. Many of them sit behind NATs and answer only those whom they have asked a moment ago: in the tables of others such a node is a dead entry. So
/// whoever asks us has its place only when it has answered after a time of silence. Neighbours, of whom there are few, have it at once and lose it if they do not answer then.
/// </content>
internal sealed partial class KademliaNode
{
    /// <summary>Below this a table is too small to make newcomers wait for the verification.</summary>
    private const int SmallTable = 32;

    /// <summary>Newcomers asked at a time. Queries cost their sender nothing and may bear any source, so what they make us do must not grow with them.</summary>
    private const int MaxVerifications = 64;

    private static readonly TimeSpan ReunionInterval = TimeSpan.FromMinutes(1);

    private readonly Newcomers _newcomers = new();
    private int _verifications;

    /// <summary>Not the same for all: two nodes that try each other after the same time would open each other's doors.</summary>
    private TimeSpan Silence => Jitter(_options.VerifyDelay);

    /// <summary>A node that we do not know asked us something. It may be worth knowing, once it has shown that it stays and answers.</summary>
    private void NoteUnsolicited(KademliaFamily family, in NodeId id, in PeerEndPoint source, TimeSpan now)
    {
        if (!_newcomers.Heard(source, now))
            Consider(family, id, source, NewcomerKind.Asked, now);
    }

    /// <summary>A node that we asked named another one.</summary>
    internal void NoteNamed(KademliaFamily family, in CompactNode node, TimeSpan now)
    {
        if (IsAcceptable(node.EndPoint) && node.EndPoint.IsIPv4 == family.IsIPv4)
            Consider(family, node.Id, node.EndPoint, NewcomerKind.Named, now);
    }

    private void Consider(KademliaFamily family, in NodeId id, in PeerEndPoint endPoint, NewcomerKind kind, TimeSpan now)
    {
        if (!family.Table.HasRoomFor(id) || family.Routers.ContainsKey(endPoint))
            return;
        int bucket = NodeId.CommonPrefixLength(family.Id, id);
        // Neighbours are few, and whoever looks for them asks us.
        bool atOnce = (family.Table.Count < SmallTable || family.Table.CountFrom(bucket) < RoutingTable.K) && !_newcomers.IsUnreached(endPoint);
        if (atOnce)
            _newcomers.Add(Newcomer.AtOnce(endPoint, bucket, kind == NewcomerKind.Asked ? NewcomerKind.Wanted : kind, now));
        else
            _newcomers.Add(Newcomer.Silent(endPoint, bucket, kind, _newcomers.IsUnreached(endPoint) ? 2 * Silence : Silence, now));
    }

    private void VerifyNewcomers(TimeSpan now)
    {
        while (_verifications < MaxVerifications && _newcomers.TryTake(now, out Newcomer newcomer))
        {
            _verifications++;
            // Once only: whoever forges a source must not gain by it. Who is on trial has answered before, and loses its place.
            Start(new PingQuery(newcomer.EndPoint, maxAttempts: newcomer.Kind == NewcomerKind.OnTrial ? 3 : 1) { Completed = ping => Verified(newcomer, ping) }, now);
        }
    }

    private void Verified(Newcomer newcomer, DirectQuery ping)
    {
        _verifications--;
        KademliaFamily family = Family(newcomer.EndPoint.IsIPv4)!;
        bool isOnTrial = newcomer.Kind == NewcomerKind.OnTrial;
        // If nobody else has been heard of lately either, the fault may be ours.
        if (newcomer.Kind == NewcomerKind.Wanted ? ping.Succeeded || family.Table.Contains(newcomer.EndPoint) : isOnTrial && !ping.Succeeded && family.LastReceived < newcomer.Due - 2 * _options.RefreshInterval)
            _newcomers.Add(Newcomer.Silent(newcomer.EndPoint, newcomer.Bucket, NewcomerKind.OnTrial, Silence, ping.FinishedAt));
        else if (ping.Succeeded)
        {
            _newcomers.Note(newcomer.EndPoint, isReached: true);
            // Some NATs forget later.
            if (isOnTrial && newcomer.Silence < 1.5 * _options.VerifyDelay)
                _newcomers.Add(Newcomer.Silent(newcomer.EndPoint, newcomer.Bucket, NewcomerKind.OnTrial, 2 * Silence, ping.FinishedAt));
        }
        else if (isOnTrial)
        {
            _newcomers.Note(newcomer.EndPoint, isReached: false);
            family.Table.Evict(newcomer.EndPoint);
            family.ReportSize();
        }
    }

    private void Learn(KademliaFamily family, in NodeId id, in PeerEndPoint endPoint, in ReplyContext context)
    {
        // It is waiting for a time of silence, and has broken it by this answer.
        if (_newcomers.Heard(endPoint, context.Now))
            return;
        if (family.Table.Answered(id, endPoint, context.Rtt, context.Now) != InsertOutcome.Refreshed && family.Table.Lost.Remove(endPoint) && context.Now >= family.NextReunion)
        {
            // A part of the network may be back, and whoever is near to us there knows nothing of us.
            family.NextReunion = context.Now + ReunionInterval;
            family.NextSelfLookup = context.Now;
        }
        family.ReportSize();
    }
}
