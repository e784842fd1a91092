using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Adversaries;

public sealed class AddressBudgetTests
{
    [TestCase(1, 200)]
    [TestCase(200, 1)]
    [TestCase(60, 4)]
    public void AddressesLieInAsManySubnetsAsTheirOwnerHas(int perSubnet, int subnets)
    {
        using DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions());
        List<PeerEndPoint> addresses = AddressBudget.Draw(world, 200, perSubnet);
        Assert.That(addresses, Is.Unique);
        Assert.That(addresses, Has.Count.EqualTo(200));
        Assert.That(addresses.Select(static address => address.SubnetKey).Distinct().Count(), Is.EqualTo(subnets));
        Assert.That(addresses.Where(static address => address.IsPrivate || !address.IsUnicast), Is.Empty);
    }

    [Test]
    public void AnAddressHasEightPlacesAndTheNearestIsTaken()
    {
        using DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions());
        PeerEndPoint address = world.FreeEndPoint();
        NodeId target = NodeId.CreateRandom(world.Random);
        NodeId nearest = AddressBudget.NearestSecureId(address, target, world.Random);
        Assert.That(SecureNodeId.IsValid(nearest, address), Is.True);
        ulong[] places = [.. Enumerable.Range(0, 200).Select(_ => SecureNodeId.Create(address, world.Random).High >> 43).Distinct()];
        Assert.That(places, Has.Length.EqualTo(8));
        Assert.That(nearest.High >> 43, Is.EqualTo(places.MinBy(place => place ^ target.High >> 43)));
    }
}
