using System.Net;
using Discovery.Transports;

namespace Discovery.Tests.Cli;

/// <summary>A private DHT on loopback. All know the first node and, through it, each other.</summary>
internal sealed class SmallDht : IAsyncDisposable
{
    /// <summary>As many as store one thing, so that each walk ends at the same nodes: all of them.</summary>
    private const int Count = 8;

    private readonly List<DhtNode> _nodes = [];

    public static async Task<SmallDht> StartAsync()
    {
        SmallDht dht = new();
        for (int i = 0; i < Count; i++)
        {
            DhtNode node = new([new UdpTransport(new IPEndPoint(IPAddress.Loopback, 0))]);
            dht._nodes.Add(node);
            if (i > 0)
                node.AddRouter(dht.Bootstrap);
            node.Start();
        }
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));
        await Task.WhenAll(dht._nodes.Select((node, i) => node.WaitForTableSizeAsync(i == 0 ? Count - 1 : Count / 2, deadline.Token)));
        return dht;
    }

    public PeerEndPoint Bootstrap => _nodes[0].LocalEndPoints[0];

    public IReadOnlyList<DhtNode> Nodes => _nodes;

    /// <summary>Runs <c>discovery dht</c> in this network.</summary>
    public Task<CliRun> AskAsync(params IEnumerable<string> args) => CliRun.OfAsync(["dht", .. args, "--bootstrap", Bootstrap.ToString()]);

    public async ValueTask DisposeAsync()
    {
        foreach (DhtNode node in _nodes)
            await node.DisposeAsync();
    }
}
