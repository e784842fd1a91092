using System.CommandLine;
using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery peers</c>: what a node has kept of peers. Nobody is asked.</summary>
internal static class PeersCommand
{
    public static Command Create(SharedOptions shared)
    {
        Option<FileInfo> state = new("--state") { HelpName = "FILE", Description = "What 'discovery node' was given as --state.", Required = true };
        Command command = new("peers", "Lists the peers that a node has kept with its state. Nobody is asked whether they still live.") { state, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            FileInfo file = parsed.GetRequiredValue(state);
            FilePeerStore store = FilePeerStore.Beside(file.FullName);
            PeerStoreContent content = await store.LoadAsync(cancellationToken);
            if (content is { Peers.Count: 0, Problem: null })
                content = file switch
                {
                    { Exists: false } => throw new UsageException(Directory.Exists(file.FullName) ? $"'{file}' is a folder." : $"There is no '{file}', nor peers beside it."),
                    { Length: 0 } => content with { Problem = $"'{file}' holds nothing, and there are no peers beside it." },
                    _ => content,
                };
            if (content.Problem is { } problem)
                report.Note(problem);
            Show(content, report);
            return content.Peers.Count > 0 ? ExitCode.Success : ExitCode.Nothing;
        });
        return command;
    }

    private static void Show(PeerStoreContent content, Report report)
    {
        IEnumerable<PeerInfo> peers = content.Peers.Select(static stored => stored.Peer);
        if (report.Json is not { } json)
        {
            report.Show(PeerLine.Table(peers));
            report.Console.WriteLine($"{content.Peers.Count} kept");
            return;
        }
        foreach (PeerInfo peer in peers)
            json.Write("peer", writer =>
            {
                PeerLine.Write(writer, peer);
                writer.WriteNumber("reliability", Math.Round(peer.Reliability, 4));
                writer.WriteString("firstSeen", peer.FirstSeen.UtcDateTime);
                writer.WriteString("lastSeen", peer.LastSeen.UtcDateTime);
            });
        json.Write("result", writer =>
        {
            writer.WriteNumber("found", content.Peers.Count);
            writer.WriteNumber("lost", content.Lost);
            writer.WriteString("problem", content.Problem);
        });
    }
}
