using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Kademlia;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht find-node HEX</c>: which nodes are nearest to an id?</summary>
internal static class DhtFindNodeCommand
{
    public static Command Create(SharedOptions shared)
    {
        Argument<NodeId> target = Symbols.Id("HEX", "The id: 40 hexadecimal digits.");
        Command command = DhtCommand.Verb(shared, "find-node", "Walks to an id and gives the nodes nearest to it, nearest first.",
            (session, parsed, token) => RunAsync(session, parsed.GetValue(target), token));
        command.Add(target);
        return command;
    }

    private static async Task<int> RunAsync(DhtSession session, NodeId target, CancellationToken cancellationToken)
    {
        Report report = session.Report;
        DhtNodes found = await report.WaitForAsync($"Walking to {target}", () => session.Node.FindNodeAsync(target, cancellationToken).AsTask());
        Table table = HumanText.Table("node", "end point", "bits in common");
        foreach (DhtContact node in found.Nodes)
        {
            report.Json?.Write("node", writer =>
            {
                writer.WriteString("nodeId", node.Id.ToString());
                writer.WriteString("endpoint", node.EndPoint.ToString());
            });
            table.Row(node.Id.ToString(), node.EndPoint.ToString(), $"{NodeId.CommonPrefixLength(target, node.Id)}");
        }
        if (found.Nodes.Count == 0)
        {
            report.Note("No node answers.");
            return ExitCode.Nothing;
        }
        report.Show(table, found.Statistics);
        return ExitCode.Success;
    }
}
