using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Kademlia;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht sample</c>: what do the nodes on a random walk hold (BEP 51)?</summary>
internal static class DhtSampleCommand
{
    public static Command Create(SharedOptions shared) => DhtCommand.Verb(shared, "sample",
        "Walks to a random id and gives a sample of the info-hashes that the nodes on the way hold.", static (session, _, token) => RunAsync(session, token));

    private static async Task<int> RunAsync(DhtSession session, CancellationToken cancellationToken)
    {
        Report report = session.Report;
        NodeId target = NodeId.CreateRandom(Random.Shared);
        DhtSamples samples = await report.WaitForAsync($"Walking to {target}", () => session.Node.SampleAsync(target, cancellationToken).AsTask());
        Table table = HumanText.Table("info-hash");
        foreach (NodeId infoHash in samples.InfoHashes)
        {
            report.Json?.Write("sample", writer => writer.WriteString("infoHash", infoHash.ToString()));
            table.Row(infoHash.ToString());
        }
        if (samples.InfoHashes.Count == 0)
        {
            report.Note(samples.Statistics.Answered == 0 ? "No node answers." : "The nodes on the way hold nothing, or do not know the question.");
            return ExitCode.Nothing;
        }
        report.Show(table, samples.Statistics);
        return ExitCode.Success;
    }
}
