using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class ItemStoreTests
{
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly byte[] Signature = [.. Enumerable.Repeat((byte)9, 64)];
    private static readonly byte[] Salt = "salt"u8.ToArray();

    [Test]
    public void AnImmutableItemIsGivenBackUntilItExpires()
    {
        ItemStore store = new(new());
        Assert.That(store.NextExpiry, Is.Null);
        Assert.That(store.PutImmutable(Hash(1), "5:hello"u8, Host(1), TimeSpan.Zero), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(store.PutImmutable(Hash(1), "5:hello"u8, Host(2), TimeSpan.FromHours(1)), Is.EqualTo(ItemStoreOutcome.Refreshed));
        Assert.That(store.TryGet(Hash(1), TimeSpan.FromHours(2.9), out StoredItem item), Is.True);
        Assert.That(item.Value.SequenceEqual("5:hello"u8), Is.True);
        Assert.That((item.IsMutable, item.Key.Length, item.Salt.Length, item.Signature.Length), Is.EqualTo((false, 0, 0, 0)));
        Assert.That(store.NextExpiry, Is.EqualTo(TimeSpan.FromHours(3)));
        Assert.That(store.TryGet(Hash(1), TimeSpan.FromHours(3), out _), Is.False);
        store.Expire(TimeSpan.FromHours(3));
        Assert.That((store.Count, store.Bytes), Is.EqualTo((0, 0L)));
        Assert.That(store.TryGet(Hash(1), TimeSpan.Zero, out _), Is.False);
    }

    [Test]
    public void AMutableItemIsGivenBackWhole()
    {
        ItemStore store = new(new());
        Assert.That(Put(store, 4, "1:a"), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(store.TryGet(Hash(1), TimeSpan.Zero, out StoredItem item), Is.True);
        Assert.That((item.IsMutable, item.Sequence), Is.EqualTo((true, 4L)));
        Assert.That(item.Key.SequenceEqual(Key) && item.Salt.SequenceEqual(Salt) && item.Signature.SequenceEqual(Signature) && item.Value.SequenceEqual("1:a"u8), Is.True);
    }

    [Test]
    public void NewerWins()
    {
        ItemStore store = new(new());
        Put(store, 4, "1:a");
        store.TryGet(Hash(1), TimeSpan.Zero, out StoredItem before);
        Assert.That(Put(store, 4, "1:a"), Is.EqualTo(ItemStoreOutcome.Refreshed));
        Assert.That(Put(store, 4, "1:b"), Is.EqualTo(ItemStoreOutcome.SequenceNotNewer), "an equal number with another value (trap 5)");
        Assert.That(Put(store, 3, "1:b"), Is.EqualTo(ItemStoreOutcome.SequenceNotNewer));
        Assert.That(Put(store, 5, "3:bbb"), Is.EqualTo(ItemStoreOutcome.Stored));
        store.TryGet(Hash(1), TimeSpan.Zero, out StoredItem after);
        Assert.That(after.Value.SequenceEqual("3:bbb"u8), Is.True);
        Assert.That(before.Value.SequenceEqual("1:a"u8), Is.True, "what was handed out does not change");
        Assert.That(store.Bytes, Is.EqualTo(256 + 32 + 64 + 4 + 5));
    }

    [Test]
    public void CasGuardsTheUpdate()
    {
        ItemStore store = new(new());
        Assert.That(Put(store, 4, "1:a", cas: 9), Is.EqualTo(ItemStoreOutcome.Stored), "nothing is there to compare with");
        Assert.That(Put(store, 6, "1:b", cas: 5), Is.EqualTo(ItemStoreOutcome.CasMismatch));
        Assert.That(Put(store, 6, "1:b", cas: 4), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(Put(store, 5, "1:c", cas: 6), Is.EqualTo(ItemStoreOutcome.SequenceNotNewer));
    }

    [Test]
    public void AKeyOrSignatureOfTheWrongLengthIsAMistakeOfTheCaller() =>
        Assert.That(() => new ItemStore(new()).PutMutable(Hash(1), Key.AsSpan(1), default, 0, "0:"u8, Signature, null, Host(1), default), Throws.ArgumentException);

    [Test]
    public void OneSourceCannotPushOutOthers()
    {
        ItemStore store = new(new() { MaxItems = 50, MaxItemsPerSource = 20, MaxBytes = 40_000, MaxBytesPerSource = 8_000 });
        for (uint i = 1; i <= 25; i++)
            Assert.That(store.PutImmutable(Hash(i), new byte[100], Host(i), TimeSpan.Zero), Is.EqualTo(ItemStoreOutcome.Stored));
        Random random = new(1);
        for (int i = 0; i < 5000; i++)
        {
            store.PutImmutable(Hash((uint)(1000 + i)), new byte[random.Next(1, 1000)], Host(666), TimeSpan.FromSeconds(1));
            // Refreshing what others stored does not make it his to lose.
            store.PutImmutable(Hash((uint)random.Next(1, 26)), new byte[100], Host(666), TimeSpan.FromSeconds(1));
        }
        for (uint i = 1; i <= 25; i++)
            Assert.That(store.TryGet(Hash(i), TimeSpan.FromSeconds(2), out _), Is.True);
        Assert.That(store.Bytes, Is.LessThanOrEqualTo(40_000));
        Assert.That(store.Bytes, Is.LessThanOrEqualTo(25 * 356 + 8_000));
    }

    [Test]
    public void AFullStoreStillTakesNewcomersAndTheGreedyPay()
    {
        ItemStore store = new(new() { MaxItems = 40, MaxItemsPerSource = 20 });
        for (uint i = 0; i < 40; i++)
            store.PutImmutable(Hash(i), new byte[100], Host(1 + i % 2), TimeSpan.FromSeconds(i));
        for (uint i = 0; i < 10; i++)
            Assert.That(store.PutImmutable(Hash(100 + i), new byte[100], Host(10 + i), TimeSpan.FromSeconds(100 + i)), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(store.Count, Is.EqualTo(40));
        for (uint i = 0; i < 10; i++)
        {
            Assert.That(store.TryGet(Hash(100 + i), TimeSpan.FromSeconds(200), out _), Is.True);
            Assert.That(store.TryGet(Hash(i), TimeSpan.FromSeconds(200), out _), Is.False, "the oldest of the two greedy sources went");
        }
    }

    [Test]
    public void AGrowingItemStaysWithinTheBounds()
    {
        ItemStore store = new(new() { MaxBytesPerSource = 2048, MaxBytes = 4096 });
        for (uint i = 10; i < 13; i++)
            store.PutImmutable(Hash(i), new byte[200], Host(1), TimeSpan.Zero);
        Put(store, 1, "1:a");
        Assert.That(Put(store, 2, "900:" + new string('x', 900)), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(store.Bytes, Is.LessThanOrEqualTo(2048));
        Assert.That(store.TryGet(Hash(1), TimeSpan.Zero, out StoredItem item), Is.True);
        Assert.That(item.Sequence, Is.EqualTo(2));
        Assert.That(store.TryGet(Hash(10), TimeSpan.Zero, out _), Is.False);
    }

    [Test]
    public void ANewerItemAlwaysFindsRoom()
    {
        ItemStore store = new(new() { MaxBytes = 2048 });
        Put(store, 1, "1:a");
        for (uint i = 10; i < 14; i++)
            store.PutImmutable(Hash(i), new byte[100], Host(i), TimeSpan.Zero);
        Assert.That(Put(store, 2, "900:" + new string('x', 900)), Is.EqualTo(ItemStoreOutcome.Stored));
        Assert.That(store.Bytes, Is.LessThanOrEqualTo(2048));
        Assert.That(Put(store, 3, new string('x', 2000)), Is.EqualTo(ItemStoreOutcome.NoRoom), "larger than the store itself");
        Assert.That(store.PutImmutable(Hash(20), new byte[2000], Host(1), TimeSpan.Zero), Is.EqualTo(ItemStoreOutcome.NoRoom));
        Assert.That(store.TryGet(Hash(1), TimeSpan.Zero, out StoredItem item) && item.Sequence == 2, Is.True);
    }

    [Test]
    public void BoundsHoldThroughARandomHistory([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        ItemStoreLimits limits = new() { MaxItems = 30, MaxItemsPerSource = 8, MaxBytes = 12_000, MaxBytesPerSource = 4_000 };
        ItemStore store = new(limits);
        for (int step = 0; step < 10_000; step++)
        {
            TimeSpan now = TimeSpan.FromSeconds(step * (step < 5000 ? 1 : 100));
            NodeId target = Hash((uint)random.Next(60));
            byte[] value = new byte[random.Next(1, 1001)];
            ItemStoreOutcome outcome = store.PutMutable(target, Key, Salt, random.Next(50), value, Signature, null, Host((uint)random.Next(1, 20)), now);
            if (outcome is ItemStoreOutcome.Stored or ItemStoreOutcome.Refreshed)
            {
                Assert.That(store.TryGet(target, now, out StoredItem item), Is.True);
                Assert.That(item.Value.Length, Is.EqualTo(value.Length));
            }
            Assert.That(store.Count, Is.LessThanOrEqualTo(limits.MaxItems));
            Assert.That(store.Bytes, Is.LessThanOrEqualTo(limits.MaxBytes));
        }
    }

    private static ItemStoreOutcome Put(ItemStore store, long sequence, string value, long? cas = null) =>
        store.PutMutable(Hash(1), Key, Salt, sequence, System.Text.Encoding.UTF8.GetBytes(value), Signature, cas, Host(1), TimeSpan.Zero);

    private static NodeId Hash(uint number) => NodeId.CreateRandom(new Random((int)number));

    private static PeerEndPoint Host(uint number) => new(0x50000000u + number * 256, 6881);
}
