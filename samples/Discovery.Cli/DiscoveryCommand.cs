using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Discovery.Cli.Commands;
using Microsoft.Extensions.Logging;

namespace Discovery.Cli;

/// <summary>The whole program but for the process: arguments in, text and an exit code out.</summary>
internal static class DiscoveryCommand
{
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where results go: tables, or one JSON object per line.</param>
    /// <param name="error">Where messages go. Logs go to the standard error of the process.</param>
    /// <param name="cancellationToken">Ctrl-C: whatever runs ends cleanly with what it has.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        SharedOptions shared = new();
        // A value that begins with @ is a value, not the name of a file with arguments.
        ParseResult parsed = CommandLineParser.Parse(Create(shared), args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // Not the parser's own report: that prints the help on the standard output, where scripts expect results only.
            foreach (ParseError problem in parsed.Errors)
                error.WriteLine($"discovery: {problem.Message}");
            error.WriteLine($"Try '{PathOf(parsed.CommandResult)} --help'.");
            return ExitCode.Usage;
        }
        InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Nothing;
        }
        catch (Exception exception) when (exception is UsageException or SocketException or IOException or UnauthorizedAccessException or DiscoveryException)
        {
            error.WriteLine($"discovery: {exception.Message}");
            return ExitCode.Usage;
        }
        catch (Exception exception)
        {
            string details = parsed.GetValue(shared.Log) <= LogLevel.Debug ? exception.ToString() : $"{exception.Message} (a defect; '--log debug' shows where)";
            error.WriteLine($"discovery: {details}");
            return ExitCode.Nothing;
        }
    }

    // Not a RootCommand, which is called what the file with the program is called.
    private static Command Create(SharedOptions shared) => new("discovery", "Finds peers and proves who they are. Nothing public is contacted unless you name it.")
    {
        NodeCommand.Create(shared),
        FindCommand.Create(shared),
        PeersCommand.Create(shared),
        LanCommand.Create(shared),
        DhtCommand.Create(shared),
        shared.Log,
        new HelpOption(),
        new VersionOption(),
    };

    private static string PathOf(CommandResult command) => command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;
}
