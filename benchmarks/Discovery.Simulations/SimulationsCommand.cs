using System.CommandLine;
using System.CommandLine.Parsing;
using Discovery.Simulations.Modes;

namespace Discovery.Simulations;

/// <summary>The whole program but for the process: arguments in, text and an exit code out.</summary>
internal static class SimulationsCommand
{
    public const string Name = "simulations";

    /// <param name="args">The arguments.</param>
    /// <param name="output">Where results go: tables, or one JSON object.</param>
    /// <param name="error">Where messages go, and a progress bar if it is a terminal.</param>
    /// <param name="engine">What runs scenarios; null for the simulator.</param>
    /// <param name="cancellationToken">Ctrl-C: ends it with what was measured so far.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, Engine? engine = null, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = new CommandLine().Parse(args, request =>
        {
            Session session = new(request, output, error, engine ?? Engine.Real, cancellationToken);
            return request switch
            {
                { Seeds: not null } => ManySeeds.Run(session),
                { Sweep: not [] } => Sweep.Run(session),
                _ => OneRun.Run(session),
            };
        }, json => Listing.Run(json, output));
        if (parsed.Errors.Count > 0)
        {
            // Not the parser's own report: that prints the help on the standard output, where scripts expect results only.
            foreach (ParseError problem in parsed.Errors)
                error.WriteLine($"{Name}: {problem.Message}");
            return ExitCode.Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{Name}: {exception.Message}");
            return ExitCode.Usage;
        }
        catch (OutOfMemoryException)
        {
            error.WriteLine($"{Name}: so many nodes do not fit into the memory that there is");
            return ExitCode.Broken;
        }
        catch (Exception exception)
        {
            error.WriteLine($"{Name}: the simulator has failed: {exception}");
            return ExitCode.Broken;
        }
    }
}
