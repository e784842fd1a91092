using System.Buffers.Binary;
using Discovery.Peers;
using Discovery.Tests.Stores;

namespace Discovery.Tests.Peers;

public sealed class PeerFileTests
{
    private static readonly IReadOnlyList<StoredPeer> Peers = StoredPeers.Create(20);
    private static readonly byte[] File = PeerFile.Write(Peers).ToArray();

    [Test]
    public void WhatIsWrittenIsReadInOrder()
    {
        PeerStoreContent content = PeerFile.Read(File);
        Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(Peers)));
        Assert.That((content.Lost, content.Problem), Is.EqualTo((0, (string?)null)));
        Assert.That(PeerFile.Read(PeerFile.Write([]).Span), Is.EqualTo(new PeerStoreContent()).Using<PeerStoreContent>(static (a, b) => a.Peers.Count == b.Peers.Count && a.Problem == b.Problem));
    }

    [Test]
    public void OfMoreThanFitTheFirstAreWritten()
    {
        PeerStoreContent content = PeerFile.Read(PeerFile.Write(Peers, Ends()[6]).Span);
        Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(Peers.Take(7))));
        Assert.That(content.Problem, Is.Null);
    }

    [Test]
    public void ATornFileLosesWhatIsCutOff()
    {
        int[] ends = Ends();
        for (int length = PeerFile.HeadSize; length < File.Length; length += 7)
        {
            PeerStoreContent content = PeerFile.Read(File.AsSpan(0, length));
            int whole = ends.Count(end => end <= length);
            Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(Peers.Take(whole))));
            Assert.That(content.Lost, Is.EqualTo(Peers.Count - whole));
            Assert.That(content.Problem, Is.Not.Null);
        }
    }

    [Test]
    public void ADamagedByteCostsOnePeer()
    {
        int[] ends = Ends();
        for (int at = PeerFile.HeadSize; at < File.Length; at += 3)
        {
            byte[] damaged = [.. File];
            damaged[at] ^= 0x5A;
            PeerStoreContent content = PeerFile.Read(damaged);
            int hit = ends.Count(end => end <= at);
            if (content.Peers.Count != Peers.Count - 1)
                Assert.Fail($"{content.Peers.Count} peers are left after damage at {at}");
            Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(Peers.Where((_, index) => index != hit))));
            Assert.That(content.Lost, Is.EqualTo(1));
            Assert.That(content.Problem, Does.StartWith("1 of 20 peers are damaged"));
        }
    }

    [Test]
    public void ADamagedHeadCostsNoPeer([Range(0, PeerFile.HeadSize - 1)] int at)
    {
        byte[] damaged = [.. File];
        damaged[at] ^= 0x5A;
        PeerStoreContent content = PeerFile.Read(damaged);
        Assert.That(content.Peers, Has.Count.EqualTo(20));
        Assert.That(content.Problem, Does.StartWith("The head of the file is damaged"));
    }

    [Test]
    public void AnotherVersionIsNotGuessedAt()
    {
        byte[] newer = [.. File];
        newer[11] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(newer.AsSpan(16), Crc32C.Compute(newer.AsSpan(0, 16)));
        PeerStoreContent content = PeerFile.Read(newer);
        Assert.That(content.Peers, Is.Empty);
        Assert.That(content.Problem, Is.EqualTo("The file is of version 2; this program reads version 1."));
    }

    [Test]
    public void AnythingElseIsNoFile()
    {
        Random random = new(1);
        byte[] noise = new byte[5000];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(noise);
            PeerStoreContent content = PeerFile.Read(noise.AsSpan(0, random.Next(noise.Length)));
            Assert.That(content.Peers, Is.Empty);
            Assert.That(content.Problem, Is.Not.Null);
        }
    }

    /// <summary>Where each peer ends.</summary>
    private static int[] Ends()
    {
        List<int> ends = [];
        for (int at = PeerFile.HeadSize; at < File.Length;)
            ends.Add(at += PeerFile.PeerHeadSize + (int)BinaryPrimitives.ReadUInt32BigEndian(File.AsSpan(at + 4)));
        return [.. ends];
    }
}
