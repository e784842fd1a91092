using Discovery;
using Discovery.Simulation;
using Discovery.Transports;

// What a stranger can do with the packages alone; a wrong answer is a non-zero exit code.
using PeerIdentity identity = PeerIdentity.Create();
SignedItem item = SignedItem.Create(identity, "consumer"u8, sequence: 1, "5:hello"u8);
PeerId read = PeerId.Parse(identity.Id.ToString());
Console.WriteLine($"{read} signed an item that is stored at {item.Target}");
if (read != item.Key || !item.Verify() || item.Target != SignedItem.ComputeTarget(read.ToArray(), "consumer"u8))
    return 1;

// The shortest real program, twice: one offers storage, the other looks for it. Both read the same file of first contacts.
await using DhtNode bootstrap = new([new UdpTransport(PeerEndPoint.Parse("127.0.0.1:0"))]);
bootstrap.Start();
string file = Path.Combine(Path.GetTempPath(), $"bootstrap_nodes-{Guid.NewGuid():N}.json");
await File.WriteAllTextAsync(file, $$"""{ "nodes": [ { "endpoint": "{{bootstrap.LocalEndPoints[0]}}" } ] }""");
try
{
    await using IDiscoveryService storage = new DiscoveryServiceBuilder("my-app", new() { Capabilities = ["storage"], Identity = identity })
        .AddBootstrap(new FileBootstrapSource(file))
        .AddGlobalLayer()
        .Build();
    await storage.InitializeAsync();
    await storage.AnnouncePresenceAsync();

    await using IDiscoveryService discovery = new DiscoveryServiceBuilder("my-app")
        .AddBootstrap(new FileBootstrapSource(file))
        .AddGlobalLayer()
        .Build();
    await discovery.InitializeAsync();
    DiscoveryResult found = await discovery.DiscoverPeersAsync(1, new PeerFilter { Capability = "storage" });
    foreach (PeerInfo peer in found.Peers)
        Console.WriteLine($"{peer.Id} {peer.EndPoints[0]} {peer.Rtt} {peer.Score:F2}");
    if (found.Peers is not [{ } only] || only.Id != identity.Id)
        return 1;
}
finally
{
    File.Delete(file);
}

// The same among virtual peers, in virtual time.
using SimulatedNetwork network = new("my-app", seed: 1);
network.AddPeers(90);
network.AddPeers(10, "storage");
await using IDiscoveryService tested = network.CreateService();
await network.RunAsync(() => tested.InitializeAsync());
IReadOnlyList<PeerInfo> peers = await network.RunAsync(async () => (await tested.DiscoverPeersAsync(5, new PeerFilter { Capability = "storage" })).Peers);
Console.WriteLine($"{peers.Count} virtual peers in {network.Time.Elapsed} of virtual time");
return peers.Count == 5 && peers.All(peer => network.Find(peer.Id) is not null) ? 0 : 1;
