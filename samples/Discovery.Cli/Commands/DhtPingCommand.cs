using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Kademlia;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht ping HOST:PORT</c>: does this node live?</summary>
internal static class DhtPingCommand
{
    public static Command Create(SharedOptions shared)
    {
        Argument<BootstrapNode> host = Symbols.Host("HOST:PORT", "The node.");
        return DhtCommand.Verb(shared, "ping", "Asks one node whether it lives.", (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(host), token), host);
    }

    private static async Task<int> RunAsync(DhtSession session, BootstrapNode host, CancellationToken cancellationToken)
    {
        foreach (PeerEndPoint endPoint in await host.ResolveAsync(cancellationToken))
        {
            if (session.Node.LocalEndPoints.All(own => own.IsIPv4 != endPoint.IsIPv4))
                continue;
            DhtPing? answer = await session.Report.WaitForAsync($"Asking {endPoint}", () => session.Node.PingAsync(endPoint, cancellationToken).AsTask());
            if (answer is null)
                continue;
            Show(session.Report, endPoint, answer);
            return ExitCode.Success;
        }
        session.Report.Note($"{host.EndPoint} does not answer.");
        return ExitCode.Nothing;
    }

    private static void Show(Report report, PeerEndPoint endPoint, DhtPing answer)
    {
        if (report.Json is { } json)
        {
            json.Write("pong", writer =>
            {
                writer.WriteString("endpoint", endPoint.ToString());
                writer.WriteString("nodeId", answer.Id.ToString());
                writer.WriteMilliseconds("rttMs", answer.Rtt);
            });
            return;
        }
        Table table = HumanText.Table("node", "end point", "round trip");
        table.Row(answer.Id.ToString(), endPoint.ToString(), HumanText.Milliseconds(answer.Rtt));
        report.Console.Write(table);
    }
}
