using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>transmission, on Juliusz Chroboczek's DHT. It answers nothing on 127/8, hence the namespaces.</summary>
[Order(4)]
public sealed class TransmissionTests
{
    [OneTimeSetUp]
    public void Require() => Transmission.Require();

    [Test]
    public async Task ItStoresOurAnnouncement() =>
        Assert.That(await Guest.StoresOurAnnouncementAsync(Transmission.EndPoint, 7001), Does.Contain(new PeerEndPoint(Lab.Address(Lab.Ours), 7001)));

    [Test]
    public async Task ItTakesOurPortWhenItIsImplied() =>
        Assert.That(await Guest.StoresOurAnnouncementAsync(Transmission.EndPoint, 0), Does.Contain(Lab.Node.LocalEndPoints[0]));

    [Test]
    public async Task ItIsSilentOnItemsWhichHoldsNobodyUp()
    {
        using RawKrpc raw = Lab.Ask(Transmission.EndPoint);
        Assert.That(await raw.AskAsync("get", ("target", Nodes.RandomId().ToArray())), Is.Null);
        await Guest.AnswersAsync(Transmission.EndPoint);
        DhtStored stored = await Lab.Node.PutItemAsync(FoundItem.Immutable(Wire.Text($"past transmission {Nodes.RandomId()}")));
        Assert.That(stored.Acknowledged, Is.GreaterThanOrEqualTo(8));
        Assert.That((await Lab.Node.GetItemAsync(stored.Target)).Item, Is.Not.Null);
    }

    [Test]
    public async Task WeAndItFindEachOtherUnderATopic()
    {
        // It would call us over µTP first, and over TCP only when that has failed.
        await Eventually.IsAsync("transmission finds us", Lab.Transmission!.HasLearnedAsync);
        await Lab.Node.FindsPeerAsync(Lab.Transmission.InfoHash, Transmission.EndPoint);
    }
}
