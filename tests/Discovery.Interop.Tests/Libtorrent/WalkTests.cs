using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;

namespace Discovery.Interop.Tests.Libtorrent;

/// <summary>Our node walks through a network of libtorrent nodes, and they through it.</summary>
public sealed class WalkTests
{
    [Test]
    public async Task FindNodeGivesTheNodesThatAreNearestInTruth()
    {
        for (int i = 0; i < 5; i++)
        {
            NodeId target = Nodes.RandomId();
            DhtNodes found = await LibtorrentNetwork.Ours.FindNodeAsync(target);
            Assert.That(found.Nodes, Is.EqualTo(await LibtorrentNetwork.NearestAsync(target)));
            Assert.That(found.Statistics.TimedOut, Is.Zero);
        }
    }

    [Test]
    public async Task LibtorrentNamesUsToOthers()
    {
        using RawKrpc raw = RawKrpc.Open(Loopback.Address(60), LibtorrentNetwork.Members[7]);
        NodeId own = LibtorrentNetwork.Ours.IdIPv4!.Value;
        await Eventually.IsAsync("libtorrent names our node", async () =>
        {
            RawReply? reply = await raw.AskAsync("find_node", ("target", own.ToArray()));
            return reply!.Nodes.Contains((own, LibtorrentNetwork.OurEndPoint));
        });
    }

    [Test]
    public async Task LibtorrentTellsUsOurAddressAndOurIdFollowsIt()
    {
        await Eventually.IsAsync("a majority for our address", static () => Task.FromResult(LibtorrentNetwork.Ours.ExternalAddress(ipv4: true) is not null));
        Assert.That(LibtorrentNetwork.Ours.ExternalAddress(ipv4: true), Is.EqualTo(LibtorrentNetwork.OurEndPoint));
        Assert.That(SecureNodeId.IsValid(LibtorrentNetwork.Ours.IdIPv4!.Value, LibtorrentNetwork.OurEndPoint), Is.True);
    }

    [Test]
    public async Task SamplesHoldWhatHasBeenAnnounced()
    {
        NodeId infoHash = Nodes.RandomId();
        Assert.That((await LibtorrentNetwork.Ours.AnnounceAsync(infoHash, 7001)).Acknowledged, Is.GreaterThanOrEqualTo(8));
        DhtSamples samples = await LibtorrentNetwork.Ours.SampleAsync(infoHash);
        Assert.That(samples.InfoHashes, Does.Contain(infoHash));
        Assert.That(samples.Held, Is.GreaterThanOrEqualTo(8));
    }

    [Test]
    public async Task LibtorrentSamplesOurNode()
    {
        NodeId infoHash = LibtorrentNetwork.Ours.IdIPv4!.Value; // So that it is stored at our node.
        await LibtorrentNetwork.Peer.AnnounceAsync(infoHash);
        await Eventually.IsAsync("libtorrent finds its own announcement in our sample", async () =>
        {
            (string[] samples, int held) = await LibtorrentNetwork.Peer.SampleAsync(LibtorrentNetwork.OurEndPoint, infoHash);
            return held > 0 && samples.Contains(infoHash.ToString());
        });
    }
}
