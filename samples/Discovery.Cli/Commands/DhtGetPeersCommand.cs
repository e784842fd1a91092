using System.CommandLine;
using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht get-peers INFOHASH</c>: who has announced itself?</summary>
internal static class DhtGetPeersCommand
{
    public static Command Create(SharedOptions shared)
    {
        Argument<NodeId> infoHash = Symbols.Id("INFOHASH", "The info-hash: 40 hexadecimal digits.");
        Command command = DhtCommand.Verb(shared, "get-peers", "Gives the end points announced under an info-hash, as they are found.",
            (session, parsed, token) => RunAsync(session, parsed.GetValue(infoHash), token));
        command.Add(infoHash);
        return command;
    }

    private static async Task<int> RunAsync(DhtSession session, NodeId infoHash, CancellationToken cancellationToken)
    {
        Report report = session.Report;
        Table table = HumanText.Table("peer");
        try
        {
            await report.WaitForAsync($"Looking for peers of {infoHash}", CollectAsync);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && table.Rows.Count > 0)
        {
            report.Note("Stopped before every node was asked.");
        }
        if (table.Rows.Count == 0)
        {
            report.Note("Nobody has announced itself.");
            return ExitCode.Nothing;
        }
        report.Show(table);
        return ExitCode.Success;

        async Task<int> CollectAsync()
        {
            await foreach (PeerEndPoint peer in session.Node.GetPeersAsync(infoHash, cancellationToken))
            {
                report.Json?.Write("peer", writer => writer.WriteString("endpoint", peer.ToString()));
                table.Row(peer.ToString());
            }
            return table.Rows.Count;
        }
    }
}
