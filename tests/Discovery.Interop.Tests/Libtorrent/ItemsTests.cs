using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;

namespace Discovery.Interop.Tests.Libtorrent;

/// <summary>BEP 44, both ways.</summary>
public sealed class ItemsTests
{
    [Test]
    public async Task LibtorrentReadsOurImmutableItem()
    {
        string text = $"immutable {Nodes.RandomId()}";
        DhtStored stored = await LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Immutable(Wire.Text(text)));
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked).And.GreaterThanOrEqualTo(8));
        Assert.That(await LibtorrentNetwork.Peer.GetAsync(stored.Target), Is.EqualTo(text));
    }

    [Test]
    public async Task WeReadLibtorrentsImmutableItem()
    {
        string text = $"immutable {Nodes.RandomId()}";
        (NodeId target, int stored) = await LibtorrentNetwork.Peer.PutAsync(text);
        Assert.That(stored, Is.GreaterThanOrEqualTo(8));
        DhtItem found = await LibtorrentNetwork.Ours.GetItemAsync(target);
        Assert.That(Wire.Text(found.Item!.Value), Is.EqualTo(text));
        Assert.That(found.Item.IsMutable, Is.False);
        Assert.That(found.Forged, Is.Zero);
    }

    [Test]
    public async Task AnItemOfTheLargestSizePasses()
    {
        string text = new('x', SignedItem.MaxCreatedValueSize - "995:".Length);
        DhtStored stored = await LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Immutable(Wire.Text(text)));
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked));
        Assert.That(await LibtorrentNetwork.Peer.GetAsync(stored.Target), Is.EqualTo(text));
        using TestKey key = new();
        string salt = new('s', SignedItem.MaxSaltSize);
        stored = await LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Mutable(key.Sign(salt, 1, text)));
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked));
        Assert.That(await LibtorrentNetwork.Peer.GetMutableAsync(key, salt), Is.EqualTo((text, 1L)));
    }

    [Test]
    public async Task LibtorrentReadsOurMutableItemAndItsUpdate([Values("", "a salt")] string salt)
    {
        using TestKey key = new();
        for (long sequence = 1; sequence <= 3; sequence += 2)
        {
            DhtStored stored = await LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Mutable(key.Sign(salt, sequence, $"ours {sequence}")));
            Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked).And.GreaterThanOrEqualTo(8));
            Assert.That(await LibtorrentNetwork.Peer.GetMutableAsync(key, salt), Is.EqualTo(($"ours {sequence}", sequence)));
        }
    }

    [Test]
    public async Task WeReadLibtorrentsMutableItemAndItsUpdate([Values("", "a salt")] string salt)
    {
        using TestKey key = new();
        for (int version = 1; version <= 2; version++)
        {
            (int stored, long? sequence) = await LibtorrentNetwork.Peer.PutMutableAsync(key, salt, $"theirs {version}");
            Assert.That(stored, Is.GreaterThanOrEqualTo(8));
            DhtItem found = await LibtorrentNetwork.Ours.GetItemAsync(key.Target(salt), System.Text.Encoding.Latin1.GetBytes(salt));
            Assert.That(Wire.Text(found.Item!.Value), Is.EqualTo($"theirs {version}"));
            Assert.That((found.Item.Sequence, found.Item.Signed!.Key, found.Forged), Is.EqualTo((sequence!.Value, key.Identity.Id, 0)));
        }
    }

    [Test]
    public async Task EachUpdatesTheOthersItem()
    {
        using TestKey key = new();
        await LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Mutable(key.Sign("turns", 7, "ours")));
        (int stored, long? sequence) = await LibtorrentNetwork.Peer.PutMutableAsync(key, "turns", "theirs");
        Assert.That((stored >= 8, sequence), Is.EqualTo((true, 8L)));
        DhtItem found = await LibtorrentNetwork.Ours.GetItemAsync(key.Target("turns"), "turns"u8.ToArray());
        Assert.That((Wire.Text(found.Item!.Value), found.Item.Sequence), Is.EqualTo(("theirs", 8L)));
    }

    [Test]
    public async Task AConditionThatDoesNotHoldIsCountedAs301()
    {
        using TestKey key = new();
        await PutAsync(key, 1, cas: null);
        DhtStored held = await PutAsync(key, 2, cas: 1);
        Assert.That(held.Acknowledged, Is.EqualTo(held.Asked));
        DhtStored conflict = await PutAsync(key, 3, cas: 1);
        Assert.That((conflict.Acknowledged, conflict.Statistics.Errors.GetValueOrDefault(301)), Is.EqualTo((0, conflict.Asked)));
        Assert.That(await LibtorrentNetwork.Peer.GetMutableAsync(key, ""), Is.EqualTo(("value 2", 2L)));
    }

    [Test]
    public async Task AnOldSequenceNumberIsCountedAs302()
    {
        using TestKey key = new();
        await PutAsync(key, 5, cas: null);
        DhtStored old = await PutAsync(key, 4, cas: null);
        Assert.That((old.Acknowledged, old.Statistics.Errors.GetValueOrDefault(302)), Is.EqualTo((0, old.Asked)));
        Assert.That(await LibtorrentNetwork.Peer.GetMutableAsync(key, ""), Is.EqualTo(("value 5", 5L)));
    }

    [Test]
    public async Task AValueThatNobodySignedIsNotTaken()
    {
        using TestKey key = new();
        await PutAsync(key, 5, cas: null);
        NodeId target = key.Target("");
        PeerEndPoint nearest = (await LibtorrentNetwork.Ours.FindNodeAsync(target)).Nodes.First(static node => node.EndPoint != LibtorrentNetwork.PeerEndPoint).EndPoint;
        NodeId known = (await LibtorrentNetwork.Ours.PingAsync(LibtorrentNetwork.PeerEndPoint))!.Id;
        using RawKrpc raw = RawKrpc.Open(Loopback.Address(63), nearest, known);
        byte[] token = (await raw.AskAsync("get", ("target", target.ToArray())))!.Bytes("token");
        // A signature of a wrong size makes libtorrent 2.0.8 keep the value as an immutable one, under the target of the key, and give it to whoever asks.
        RawReply? put = await raw.AskAsync("put", ("k", key.Identity.Id.ToArray()), ("seq", 9), ("sig", new byte[63]), ("token", token), ("v", "forged"));
        Assert.That(put?.Error, Is.Null);
        DhtItem found = await LibtorrentNetwork.Ours.GetItemAsync(target);
        Assert.That((Wire.Text(found.Item!.Value), found.Forged), Is.EqualTo(("value 5", 1)));
    }

    private static ValueTask<DhtStored> PutAsync(TestKey key, long sequence, long? cas) =>
        LibtorrentNetwork.Ours.PutItemAsync(FoundItem.Mutable(key.Sign("", sequence, $"value {sequence}")), cas);
}
