using System.Security.Cryptography;
using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

public sealed class TokenJarTests
{
    private static readonly PeerEndPoint Address = PeerEndPoint.Parse("192.0.2.1:6881");
    private static readonly NodeId Target = NodeId.Parse("0102030405060708090a0b0c0d0e0f1011121314");

    [Test]
    public void TokenIsTheSpecifiedMac()
    {
        byte[] secret = new byte[32];
        new Random(7).NextBytes(secret);
        using TokenJar jar = new(new Random(7));
        byte[] token = new byte[TokenJar.TokenSize];
        jar.Write(Address, Target, TimeSpan.Zero, token);
        Assert.That(token, Is.EqualTo(HMACSHA256.HashData(secret, (byte[])[192, 0, 2, 1, .. Target.ToArray()])[..8]));
        PeerEndPoint ipv6 = PeerEndPoint.Parse("[2001:db8::1]:1");
        jar.Write(ipv6, Target, TimeSpan.Zero, token);
        Assert.That(token, Is.EqualTo(HMACSHA256.HashData(secret, (byte[])[.. ipv6.Address.GetAddressBytes(), .. Target.ToArray()])[..8]));
    }

    [Test]
    public void TokenIsBoundToAddressAndTargetButNotToThePort()
    {
        using TokenJar jar = new(new Random(1));
        byte[] token = Write(jar, TimeSpan.Zero);
        Assert.That(jar.Check(token, Address.WithPort(9), Target, TimeSpan.Zero), Is.True);
        Assert.That(jar.Check(token, PeerEndPoint.Parse("192.0.2.2:6881"), Target, TimeSpan.Zero), Is.False);
        Assert.That(jar.Check(token, Address, NodeId.Zero, TimeSpan.Zero), Is.False);
        Assert.That(jar.Check(token.AsSpan(1), Address, Target, TimeSpan.Zero), Is.False);
        Assert.That(jar.Check([], Address, Target, TimeSpan.Zero), Is.False);
        token[3] ^= 1;
        Assert.That(jar.Check(token, Address, Target, TimeSpan.Zero), Is.False);
    }

    [Test]
    public void TokenHoldsForTheTermsOfTwoSecrets()
    {
        using TokenJar jar = new(new Random(1));
        byte[] first = Write(jar, TimeSpan.Zero);
        byte[] late = Write(jar, TimeSpan.FromMinutes(4.9));
        Assert.That(late, Is.EqualTo(first));
        byte[] second = Write(jar, TimeSpan.FromMinutes(5));
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(jar.Check(first, Address, Target, TimeSpan.FromMinutes(9.9)), Is.True);
        Assert.That(jar.Check(second, Address, Target, TimeSpan.FromMinutes(9.9)), Is.True);
        Assert.That(jar.Check(first, Address, Target, TimeSpan.FromMinutes(10)), Is.False);
        Assert.That(jar.Check(second, Address, Target, TimeSpan.FromMinutes(10)), Is.True);
    }

    [Test]
    public void ALateRotationDoesNotProlongASecret()
    {
        using TokenJar jar = new(new Random(1));
        byte[] first = Write(jar, TimeSpan.Zero);
        Assert.That(jar.Check(first, Address, Target, TimeSpan.FromMinutes(9.9)), Is.True);
        Assert.That(jar.Check(first, Address, Target, TimeSpan.FromMinutes(10.1)), Is.False);
        byte[] second = Write(jar, TimeSpan.FromMinutes(60));
        Assert.That(jar.Check(first, Address, Target, TimeSpan.FromMinutes(60)), Is.False);
        Assert.That(jar.Check(second, Address, Target, TimeSpan.FromMinutes(60)), Is.True);
    }

    [Test]
    public void AJarThatWroteNothingAcceptsNothing()
    {
        TokenJar jar = new(new Random(1));
        Assert.That(jar.Check(new byte[8], Address, Target, TimeSpan.Zero), Is.False);
        byte[] token = Write(jar, TimeSpan.Zero);
        jar.Dispose();
        jar.Dispose();
        Assert.That(jar.Check(token, Address, Target, TimeSpan.Zero), Is.False);
    }

    [Test]
    public void WritingAndCheckingAllocateNothing()
    {
        using TokenJar jar = new(new Random(1));
        byte[] token = Write(jar, TimeSpan.Zero);
        jar.Write(Address, Target, TimeSpan.FromMinutes(5), new byte[8]);
        byte[] other = new byte[TokenJar.TokenSize];
        bool valid = true;
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                jar.Write(Address, Target, TimeSpan.FromMinutes(6), other);
                valid &= jar.Check(token, Address, Target, TimeSpan.FromMinutes(6));
            }
        });
        Assert.That(allocated, Is.Zero);
        Assert.That(valid, Is.True);
    }

    private static byte[] Write(TokenJar jar, TimeSpan now)
    {
        byte[] token = new byte[TokenJar.TokenSize];
        jar.Write(Address, Target, now, token);
        return token;
    }
}
