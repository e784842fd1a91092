using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class ExternalAddressTests
{
    private static readonly PeerEndPoint Ours = PeerEndPoint.Parse("198.51.100.1:6881"), Other = PeerEndPoint.Parse("203.0.113.9:1");

    [Test]
    public void AMajorityOfEnoughVotersDecides()
    {
        ExternalAddress address = new();
        for (uint i = 0; i < 4; i++)
            Assert.That(address.Vote(Ours, Voter(i), TimeSpan.Zero), Is.False);
        Assert.That(address.Vote(Ours, Voter(3).WithPort(9), TimeSpan.Zero), Is.False, "the same voter again");
        Assert.That(address.Current, Is.Null);
        Assert.That(address.Vote(Ours, Voter(4), TimeSpan.Zero), Is.True);
        Assert.That(address.Current, Is.EqualTo(Ours));
        Assert.That(address.Vote(Ours.WithPort(7000), Voter(5), TimeSpan.Zero), Is.False, "another port is no other address");
        Assert.That(address.Current, Is.EqualTo(Ours.WithPort(7000)));
    }

    [Test]
    public void NothingIsDecidedWithoutAMajority()
    {
        ExternalAddress address = new();
        for (uint i = 0; i < 40; i++)
            Assert.That(address.Vote(new PeerEndPoint(0x60000000 + i % 3, 1), Voter(i), TimeSpan.Zero), Is.False);
    }

    [Test]
    public void AFewLiarsCannotFlipIt()
    {
        ExternalAddress address = new();
        for (uint i = 0; i < 30; i++)
            address.Vote(Ours, Voter(i), TimeSpan.Zero);
        for (int round = 0; round < 100; round++)
        {
            // Ten liars shout; one honest voter at a time is heard between them.
            for (uint i = 0; i < 10; i++)
                Assert.That(address.Vote(Other, Voter(100 + i), TimeSpan.FromSeconds(round)), Is.False);
            address.Vote(Ours, Voter((uint)round % 30), TimeSpan.FromSeconds(round));
        }
        Assert.That(address.Current, Is.EqualTo(Ours));
    }

    [Test]
    public void ARealChangeIsFollowed()
    {
        ExternalAddress address = new();
        for (uint i = 0; i < 50; i++)
            address.Vote(Ours, Voter(i), TimeSpan.Zero);
        Assert.That(Enumerable.Range(0, 50).Count(i => address.Vote(Other, Voter((uint)i), TimeSpan.FromMinutes(1))), Is.EqualTo(1));
        Assert.That(address.Current, Is.EqualTo(Other));
    }

    [Test]
    public void OldVotesLapse()
    {
        ExternalAddress address = new();
        for (uint i = 0; i < 50; i++)
            address.Vote(Ours, Voter(i), TimeSpan.Zero);
        for (uint i = 100; i < 104; i++)
            Assert.That(address.Vote(Other, Voter(i), TimeSpan.FromHours(2)), Is.False);
        Assert.That(address.Vote(Other, Voter(104), TimeSpan.FromHours(2)), Is.True);
    }

    [TestCase("0.0.0.0:1"), TestCase("224.0.0.1:1"), TestCase("255.255.255.255:1"), TestCase("1.2.3.4:0")]
    public void ImpossibleAddressesDoNotCount(string reported)
    {
        ExternalAddress address = new(1);
        Assert.That(address.Vote(PeerEndPoint.Parse(reported), Voter(1), TimeSpan.Zero), Is.False);
        Assert.That(address.Vote(Ours, Voter(1), TimeSpan.Zero), Is.True);
        address.Reset();
        Assert.That(address.Current, Is.Null);
    }

    private static PeerEndPoint Voter(uint number) => new(0x50000000u + number, 6881);
}
