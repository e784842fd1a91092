using System.Text.Json;
using Discovery.Tests.Support;

namespace Discovery.Tests.Cryptography;

public sealed class SignedItemTests
{
    [Test]
    public void Items_of_the_specification_verify()
    {
        foreach (JsonElement vector in Vectors.Load("bep44_items").Items("bep44"))
        {
            byte[] value = vector.Hex("value_bencoded");
            NodeId target = NodeId.Parse(vector.Text("target"));
            if (vector.Text("kind") == "immutable")
                Assert.That(SignedItem.ComputeImmutableTarget(value), Is.EqualTo(target));
            else
                Check(vector, new PeerId(vector.Hex("public_key")), value, target);
        }
    }

    [Test]
    public void Items_with_a_seed_are_made_the_same()
    {
        foreach (JsonElement vector in Vectors.Load("bep44_items").Items("derived_here_with_seed"))
        {
            byte[] value = vector.Hex("value_bencoded");
            using PeerIdentity identity = PeerIdentity.FromSeed(vector.Hex("seed"));
            Check(vector, identity.Id, value, NodeId.Parse(vector.Text("target")));
            if (value.Length > SignedItem.MaxCreatedValueSize)
                continue;
            SignedItem item = SignedItem.Create(identity, vector.Hex("salt"), vector.GetProperty("seq").GetInt64(), value);
            Assert.That(item.Signature.ToArray(), Is.EqualTo(vector.Hex("signature")));
            Assert.That(item.Target, Is.EqualTo(NodeId.Parse(vector.Text("target"))));
            Assert.That(item.Verify());
        }
    }

    [Test]
    public void Targets_of_bep46_are_the_same()
    {
        foreach (JsonElement vector in Vectors.Load("bep44_items").Items("bep46_targets"))
            Assert.That(SignedItem.ComputeTarget(vector.Hex("public_key"), vector.Hex("salt")), Is.EqualTo(NodeId.Parse(vector.Text("target"))));
    }

    [Test]
    public void The_salt_is_signed_only_when_there_is_one()
    {
        Assert.That(SignedText([]), Is.EqualTo("3:seqi7e1:v2:hi"));
        Assert.That(SignedText("ab"u8), Is.EqualTo("4:salt2:ab3:seqi7e1:v2:hi"));
    }

    [Test]
    public void Every_changed_part_breaks_the_signature()
    {
        using PeerIdentity identity = PeerIdentity.Create(), other = PeerIdentity.Create();
        byte[] key = identity.Id.ToArray(), salt = [1, 2], value = "5:hello"u8.ToArray();
        byte[] signature = SignedItem.Create(identity, salt, 5, value).Signature.ToArray();
        Assert.That(SignedItem.Verify(key, salt, 5, value, signature));
        Assert.That(SignedItem.Verify(other.Id.ToArray(), salt, 5, value, signature), Is.False);
        Assert.That(SignedItem.Verify(key, [1, 3], 5, value, signature), Is.False);
        Assert.That(SignedItem.Verify(key, [], 5, value, signature), Is.False);
        Assert.That(SignedItem.Verify(key, salt, 6, value, signature), Is.False);
        Assert.That(SignedItem.Verify(key, salt, 5, "5:hellO"u8, signature), Is.False);
        Assert.That(SignedItem.Verify(key, salt, 5, value, new byte[64]), Is.False);
    }

    [Test]
    public void Creation_checks_its_arguments()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        Assert.That(() => SignedItem.Create(null!, [], 0, "0:"u8), Throws.ArgumentNullException);
        Assert.That(() => SignedItem.Create(identity, new byte[65], 0, "0:"u8), Throws.ArgumentException);
        Assert.That(() => SignedItem.Create(identity, [], -1, "0:"u8), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => SignedItem.Create(identity, [], 0, Value(996)), Throws.ArgumentException);
        Assert.That(SignedItem.Create(identity, new byte[64], long.MaxValue, Value(995)).Verify());
        foreach (string value in (string[])["", "5:hell", "0:0:", "d1:bi0e1:ai0ee", "d1:ai0e1:ai0ee", "i-0e", "i01e", "i9223372036854775808e", "02:hi"])
            Assert.That(() => SignedItem.Create(identity, [], 0, System.Text.Encoding.ASCII.GetBytes(value)), Throws.ArgumentException, value);
    }

    [Test]
    public void What_is_received_is_bounded()
    {
        PeerId key = default;
        byte[] signature = new byte[64];
        Assert.That(SignedItem.TryFrom(key, new byte[64], 0, Value(1000), signature, out SignedItem? item));
        Assert.That(item!.Verify(), Is.False);
        Assert.That(item.Salt.Length, Is.EqualTo(64));
        Assert.That(item.Value.ToArray(), Is.EqualTo(Value(1000)));
        Assert.That(item.Signature.ToArray(), Is.EqualTo(signature));
        Assert.That(SignedItem.TryFrom(key, new byte[65], 0, "0:"u8, signature, out _), Is.False);
        Assert.That(SignedItem.TryFrom(key, [], -1, "0:"u8, signature, out _), Is.False);
        Assert.That(SignedItem.TryFrom(key, [], 0, [], signature, out _), Is.False);
        Assert.That(SignedItem.TryFrom(key, [], 0, Value(1001), signature, out _), Is.False);
        Assert.That(SignedItem.TryFrom(key, [], 0, "0:"u8, new byte[63], out _), Is.False);
        Assert.That(SignedItem.TryFrom(key, [], 0, "d1:bi0e1:ai0ee"u8, signature, out _), Is.False);
        Assert.That(SignedItem.Verify(key.ToArray(), new byte[65], 0, "0:"u8, signature), Is.False);
        Assert.That(SignedItem.Verify(key.ToArray(), [], 0, Value(1001), signature), Is.False);
        Assert.That(() => SignedItem.ComputeTarget(new byte[31], []), Throws.ArgumentException);
        Assert.That(() => SignedItem.ComputeTarget(new byte[32], new byte[65]), Throws.ArgumentException);
    }

    [Test]
    public void The_largest_item_fills_the_stated_room_and_less_is_refused()
    {
        byte[] room = new byte[SignedItem.MaxSignedSize];
        Assert.That(SignedItem.WriteSignedBytes(new byte[64], long.MaxValue, Value(1000), room), Is.EqualTo(room.Length));
        Assert.That(SignedItem.WriteSignedBytes(new byte[64], long.MaxValue, Value(1000), room.AsSpan(1)), Is.Zero);
    }

    [Test]
    public void Verifying_does_not_allocate()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        SignedItem item = SignedItem.Create(identity, "salt"u8, 1, Value(900));
        byte[] key = identity.Id.ToArray();
        bool valid = Measure();
        Assert.That(Allocations.Of(() => valid &= Measure()), Is.Zero);
        Assert.That(valid);

        bool Measure() => item.Verify() && SignedItem.Verify(key, item.Salt.Span, 1, item.Value.Span, item.Signature.Span)
            && SignedItem.ComputeTarget(key, item.Salt.Span) == item.Target;
    }

    private static void Check(JsonElement vector, PeerId key, byte[] value, NodeId target)
    {
        byte[] salt = vector.Hex("salt"), signature = vector.Hex("signature"), signed = new byte[SignedItem.MaxSignedSize];
        long sequence = vector.GetProperty("seq").GetInt64();
        int length = SignedItem.WriteSignedBytes(salt, sequence, value, signed);
        Assert.That(signed[..length], Is.EqualTo(vector.Hex("signing_buffer")));
        Assert.That(SignedItem.TryFrom(key, salt, sequence, value, signature, out SignedItem? item));
        Assert.That(item!.Verify());
        Assert.That(item.Target, Is.EqualTo(target));
        Assert.That(SignedItem.Verify(key.ToArray(), salt, sequence, value, signature));
    }

    private static string SignedText(ReadOnlySpan<byte> salt)
    {
        byte[] room = new byte[100];
        return System.Text.Encoding.ASCII.GetString(room, 0, SignedItem.WriteSignedBytes(salt, 7, "2:hi"u8, room));
    }

    /// <summary>A bencoded string that is <paramref name="size"/> bytes long with its head.</summary>
    private static byte[] Value(int size) => System.Text.Encoding.ASCII.GetBytes($"{size - 4}:{new string('v', size - 4)}");
}
