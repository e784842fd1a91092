using System.CommandLine;
using System.Globalization;
using Discovery.Cli.Output;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht</c>: one question to a DHT.</summary>
internal static class DhtCommand
{
    private const double DefaultTimeoutSeconds = 30;

    public static Command Create(SharedOptions shared) => new("dht", "Asks a Mainline DHT, private or public, one question.")
    {
        DhtPingCommand.Create(shared),
        DhtFindNodeCommand.Create(shared),
        DhtGetPeersCommand.Create(shared),
        DhtAnnounceCommand.Create(shared),
        DhtGetCommand.Create(shared),
        DhtPutCommand.Create(shared),
        DhtSampleCommand.Create(shared),
    };

    /// <summary>A verb with the options that all verbs have.</summary>
    /// <param name="shared">The options.</param>
    /// <param name="name">The verb.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Does it and gives the exit code. Its token is cancelled when the time is up.</param>
    /// <param name="contact">Who is asked other than through a bootstrap host; null when a bootstrap host is needed.</param>
    public static Command Verb(
        SharedOptions shared, string name, string description, Func<DhtSession, ParseResult, CancellationToken, Task<int>> run, Argument<BootstrapNode>? contact = null)
    {
        Option<double> timeout = Symbols.Timeout(DefaultTimeoutSeconds);
        Command command = new(name, description) { shared.Bootstrap, shared.Listen, timeout, shared.Json };
        if (contact is not null)
        {
            command.Add(contact);
        }
        else
        {
            command.Validators.Add(result =>
            {
                if (result.GetResult(shared.Bootstrap) is null)
                    result.AddError("Name at least one host of the network with '--bootstrap HOST:PORT'.");
            });
        }
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            double seconds = parsed.GetValue(timeout);
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ending.CancelAfter(TimeSpan.FromSeconds(seconds));
            try
            {
                await using DhtSession session = await DhtSession.OpenAsync(parsed.GetValue(shared.Listen) ?? [], parsed.GetValue(shared.Bootstrap) ?? [],
                    contact is null ? null : parsed.GetRequiredValue(contact), report, ending.Token);
                return await run(session, parsed, ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                report.Note(cancellationToken.IsCancellationRequested ? "Stopped." : string.Create(CultureInfo.InvariantCulture, $"Not done within {seconds} s."));
                return ExitCode.Nothing;
            }
        });
        return command;
    }
}
