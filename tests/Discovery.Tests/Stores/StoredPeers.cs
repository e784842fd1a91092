using Discovery.Peers;
using Discovery.Tests.Peers;

namespace Discovery.Tests.Stores;

/// <summary>Peers to store, from a registry that has measured them.</summary>
internal static class StoredPeers
{
    public static PeerRegistry Registry(int count)
    {
        PeerRegistry registry = new(Math.Max(1, count), new(PeerScoring.Default), default, TestPeer.Network, new CoordinateTracker(new Random(1)));
        for (int i = 1; i <= count; i++)
        {
            TestPeer peer = new(i);
            registry.Observe(peer.Record(capabilities: ["storage"], region: "eu"), peer.EndPoint, TimeSpan.FromMilliseconds(i), "global", TestPeer.Now, NetworkCoordinate.Origin);
        }
        return registry;
    }

    public static IReadOnlyList<StoredPeer> Create(int count) => Registry(count).Export();

    public static IEnumerable<PeerId> Ids(IEnumerable<StoredPeer> peers) => peers.Select(static peer => peer.Peer.Id);
}
