using System.CommandLine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>Where one run of a command puts what it has to say.</summary>
internal sealed class Report : IDisposable
{
    /// <summary>Wide enough for every table: what is not a terminal has no width to fit into.</summary>
    private const int UnlimitedWidth = 1000;

    private readonly TextWriter _error;

    public Report(ParseResult parsed, SharedOptions shared)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        _error = parsed.InvocationConfiguration.Error;
        Json = parsed.GetValue(shared.Json) ? new JsonLines(output) : null;
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!Console.Profile.Out.IsTerminal)
            Console.Profile.Width = UnlimitedWidth;
        LogLevel level = parsed.GetValue(shared.Log);
        Logs = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(level)
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>()
            .AddConsole(static options =>
            {
                options.FormatterName = LineFormatter.FormatterName;
                options.LogToStandardErrorThreshold = LogLevel.Trace;
            }));
    }

    /// <summary>Lines for scripts; null when people read the output.</summary>
    public JsonLines? Json { get; }

    /// <summary>Tables for people, on the same output.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Whether people sit before a terminal, where what was written can be written over.</summary>
    public bool IsForTerminal => Json is null && Console.Profile.Out.IsTerminal;

    /// <summary>Logs, on the standard error.</summary>
    public ILoggerFactory Logs { get; }

    /// <summary>One line on the standard error.</summary>
    public void Note(string message) => _error.WriteLine(HumanText.Harmless(message));

    /// <summary>Runs something that may take a while; somebody who sits before a terminal sees that it runs.</summary>
    public Task<T> WaitForAsync<T>(string what, Func<Task<T>> work) =>
        IsForTerminal ? Console.Status().StartAsync(Markup.Escape(what), _ => work()) : work();

    public void Dispose() => Logs.Dispose();
}
