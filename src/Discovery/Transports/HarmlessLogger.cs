using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Transports;

/// <summary>Keeps a logger that throws from ending a receive loop, whose last resort is to log.</summary>
internal sealed class HarmlessLogger : ILogger
{
    private readonly ILogger _inner;

    private HarmlessLogger(ILogger inner) => _inner = inner;

    public static ILogger Create<T>(ILoggerFactory? factory) => factory is null ? NullLogger.Instance : new HarmlessLogger(factory.CreateLogger<T>());

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => _inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _inner.IsEnabled(logLevel);
        }
        catch (Exception thrown)
        {
            Debug.WriteLine(thrown);
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception thrown)
        {
            // Nobody is left to tell but a debugger.
            Debug.WriteLine(thrown);
        }
    }
}
