using System.Collections.Frozen;

namespace Discovery.Service;

/// <summary>What makes two searches equal: the number of peers, the peer, and all that the filter asks for. Predicates are equal when they are the same delegate.</summary>
internal sealed class SearchKey : IEquatable<SearchKey>
{
    private readonly PeerQuery _query;
    private readonly PeerFilter _filter;
    private readonly FrozenSet<string> _capabilities;
    private readonly FrozenSet<PeerId> _exclude;

    public SearchKey(PeerQuery query)
    {
        (_query, _filter) = (query, query.Filter);
        _capabilities = _filter.Capability is { } capability ? _filter.Capabilities.Append(capability).ToFrozenSet() : _filter.Capabilities.ToFrozenSet();
        _exclude = _filter.Exclude.ToFrozenSet();
    }

    public bool Equals(SearchKey? other) => other is not null
        && _query.Count == other._query.Count
        && _query.Topic == other._query.Topic // The capability that is looked under; the others are only compared.
        && _query.Peer == other._query.Peer
        && _filter.Region == other._filter.Region
        && _filter.MinReliability.Equals(other._filter.MinReliability)
        && _filter.MaxRtt == other._filter.MaxRtt
        && _filter.Protocol == other._filter.Protocol
        && _filter.Predicate == other._filter.Predicate
        && _capabilities.SetEquals(other._capabilities)
        && _exclude.SetEquals(other._exclude);

    public override bool Equals(object? obj) => Equals(obj as SearchKey);

    public override int GetHashCode() => HashCode.Combine(_query.Count, _query.Topic, _query.Peer, _filter.MinReliability, _filter.MaxRtt, _filter.Protocol, _capabilities.Count, _exclude.Count);
}
