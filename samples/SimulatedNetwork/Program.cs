using System.Diagnostics;
using Discovery;
using Discovery.Simulation;

// A test of the application below, as its author would write it: 1000 peers, of which half vanish, and then its own cable is pulled. The exit code is 1 when it fails.
const int Copies = 5;
ulong seed = args is [var text] ? ulong.Parse(text) : 1;
long began = Stopwatch.GetTimestamp();

using SimulatedNetwork network = new("archive", seed, new() { Loss = 0.01 });
network.AddPeers(900);
network.AddPeers(100, "storage");
await using IDiscoveryService discovery = network.CreateService();
await using Archive archive = new(discovery, network.Time, Copies);

try
{
    Step("the archive starts among 1000 peers, of which 100 offer storage");
    await network.RunAsync(archive.StartAsync);
    await UntilAsync(() => archive.Keepers.Count == Copies, TimeSpan.FromSeconds(30), "it found no storage");
    Check(archive.Keepers.All(keeper => network.Find(keeper.Id)!.Capabilities.Contains("storage")), "it took a peer that offers no storage");

    Step("half of all peers vanish, and its own keepers among them");
    network.Kill(network.Peers.Where(static (_, number) => number % 2 == 0));
    network.Kill(archive.Keepers.Select(keeper => network.Find(keeper.Id)!));
    await UntilAsync(() => archive.Keepers.Count == Copies && archive.Keepers.All(IsUp), TimeSpan.FromMinutes(10), "it did not recover");

    Step("it has recovered; its own cable is pulled for five minutes");
    IReadOnlyList<PeerEndPoint> own = discovery.Self.EndPoints;
    network.Unplug(own);
    await network.AdvanceAsync(TimeSpan.FromMinutes(5));
    Check(archive.Keepers.Count == 0 && discovery.GetHealth().Status == DiscoveryStatus.Degraded, "it believes in keepers that it cannot reach");
    network.Plug(own);
    await UntilAsync(() => archive.Keepers.Count == Copies && archive.Keepers.All(IsUp), TimeSpan.FromMinutes(5), "it did not come back");

    Step("it is back; five minutes pass");
    await network.AdvanceAsync(TimeSpan.FromMinutes(5));
    Check(archive.Keepers.Count == Copies && archive.Keepers.All(IsUp), "it did not stay well");
    Step("it is still well");
    return 0;
}
catch (InvalidOperationException failure)
{
    Step($"FAILED with seed {seed}: {failure.Message}");
    return 1;
}

bool IsUp(PeerInfo keeper) => network.Find(keeper.Id)!.IsUp;

void Step(string what) => Console.WriteLine(
    $"{network.Time.Elapsed:hh\\:mm\\:ss\\.f} virtual, {Stopwatch.GetElapsedTime(began).TotalSeconds,4:F1} s real, {network.Datagrams,8} datagrams, {archive.Keepers.Count(IsUp)} of {archive.Keepers.Count} keepers up: {what}");

async Task UntilAsync(Func<bool> isMet, TimeSpan limit, string failure)
{
    for (TimeSpan end = network.Time.Elapsed + limit; !isMet(); await network.AdvanceAsync(TimeSpan.FromMilliseconds(100)))
        Check(network.Time.Elapsed < end, failure);
}

static void Check(bool condition, string failure)
{
    if (!condition)
        throw new InvalidOperationException(failure);
}

/// <summary>The application: it keeps copies of its files at so many peers that offer storage, and replaces the keepers that are lost.</summary>
internal sealed class Archive(IDiscoveryService discovery, TimeProvider time, int copies) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private volatile IReadOnlyList<PeerInfo> _keepers = [];
    private Task _keeping = Task.CompletedTask;

    public IReadOnlyList<PeerInfo> Keepers => _keepers;

    public async Task StartAsync()
    {
        await discovery.InitializeAsync();
        _keeping = KeepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        PeerFilter storage = new() { Capability = "storage" };
        while (true)
        {
            PeerInfo[] alive = [.. _keepers.Where(keeper => discovery.Peers.Get(keeper.Id) is { IsAlive: true })];
            DiscoveryResult found = await discovery.DiscoverPeersAsync(copies, storage, _stopping.Token);
            _keepers = [.. alive.Concat(found.Peers).DistinctBy(static peer => peer.Id).Take(copies)];
            await Task.Delay(TimeSpan.FromSeconds(10), time, _stopping.Token);
        }
    }
}
