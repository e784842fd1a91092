using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Discovery.Cli.Output;

/// <summary>A log entry is one line; what an exception says is part of it, its stack is not.</summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string because = logEntry.Exception is { } exception ? $" ({exception.GetType().Name}: {exception.Message})" : "";
        string category = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        textWriter.WriteLine(HumanText.Harmless($"{LevelName(logEntry.LogLevel)}: {category}: {logEntry.Formatter(logEntry.State, null)}{because}"));
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        _ => "debug",
    };
}
