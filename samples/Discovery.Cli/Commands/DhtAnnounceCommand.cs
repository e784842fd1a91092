using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Kademlia;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht announce INFOHASH --port N</c>: this host can be reached under an info-hash.</summary>
internal static class DhtAnnounceCommand
{
    public static Command Create(SharedOptions shared)
    {
        Argument<NodeId> infoHash = Symbols.Id("INFOHASH", "The info-hash: 40 hexadecimal digits.");
        Option<long?> port = Symbols.Number("--port", "The port at which this host is reached.", 1, ushort.MaxValue);
        port.Required = true;
        Command command = DhtCommand.Verb(shared, "announce", "Announces this host under an info-hash, once; nodes forget it after half an hour or so.",
            (session, parsed, token) => RunAsync(session, parsed.GetValue(infoHash), (int)parsed.GetRequiredValue(port)!.Value, token));
        command.Add(infoHash);
        command.Add(port);
        return command;
    }

    private static async Task<int> RunAsync(DhtSession session, NodeId infoHash, int port, CancellationToken cancellationToken)
    {
        DhtStored stored = await session.Report.WaitForAsync($"Announcing port {port} under {infoHash}",
            () => session.Node.AnnounceAsync(infoHash, port, cancellationToken).AsTask());
        return session.Report.Show(stored);
    }
}
