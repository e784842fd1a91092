using System.Diagnostics;
using System.Globalization;

namespace Discovery.Tests.Stores;

/// <summary>A program that saves for ever is killed 200 times at random moments.</summary>
public sealed class KilledWriterTests
{
    private const int Kills = 200, Lanes = 4, Peers = 200;

    [Test]
    [CancelAfter(600_000)]
    public async Task ACompletedSaveIsNeverLost(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("discovery-").FullName;
        try
        {
            string seed = Path.Combine(folder, "seed");
            IReadOnlyList<StoredPeer> peers = StoredPeers.Create(Peers);
            await new FilePeerStore(seed).SaveAsync(peers, cancellationToken);
            int[] saves = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => RunLaneAsync(lane, seed, Path.Combine(folder, $"lane{lane}"), peers, cancellationToken)));
            TestContext.Out.WriteLine($"{Kills} kills, {saves.Sum()} completed saves");
            Assert.That(saves.Sum(), Is.GreaterThan(Kills));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunLaneAsync(int lane, string seed, string path, IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken)
    {
        Random random = new(lane);
        FilePeerStore store = new(path);
        int generation = 0, saves = 0;
        for (int kill = 0; kill < Kills / Lanes; kill++)
        {
            int completed = await KillWriterAsync(seed, path, generation, random, cancellationToken);
            saves += completed < 0 ? 0 : completed - generation + 1;
            generation = Math.Max(generation, completed);
            PeerStoreContent content = await store.LoadAsync(cancellationToken);
            Assert.That(content.Problem, Is.Null);
            // The save that was under way may have completed too.
            Assert.That(content.Peers, Has.Count.GreaterThanOrEqualTo(Math.Min(Peers, Peers / 2 + generation)));
            Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(peers.Take(content.Peers.Count))));
            generation = Math.Min(content.Peers.Count - Peers / 2, Peers / 2 - 1);
        }
        return saves;
    }

    /// <summary>Starts a writer, lets it save at least once, kills it in the middle of what it does then, and tells the last save that it has completed.</summary>
    private static async Task<int> KillWriterAsync(string seed, string path, int generation, Random random, CancellationToken cancellationToken)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", program = Path.Combine(AppContext.BaseDirectory, "Discovery.StoreWriter.dll");
        using Process writer = Process.Start(new ProcessStartInfo(host, [program, seed, path, generation.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        try
        {
            string? first = await writer.StandardOutput.ReadLineAsync(cancellationToken);
            // Chance decides where in a save, of some milliseconds, it ends.
            long end = Stopwatch.GetTimestamp() + (long)(random.NextDouble() * 0.02 * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < end)
                Thread.Yield();
            writer.Kill();
            string rest = await writer.StandardOutput.ReadToEndAsync(cancellationToken);
            await writer.WaitForExitAsync(cancellationToken);
            // A line that was cut off does not count.
            string[] lines = $"{first}\n{rest}".Split('\n')[..^1];
            return int.Parse(lines.Last(static line => line.Length > 0), CultureInfo.InvariantCulture);
        }
        finally
        {
            if (!writer.HasExited)
                writer.Kill();
        }
    }
}
