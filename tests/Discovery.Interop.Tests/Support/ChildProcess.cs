using System.Diagnostics;

namespace Discovery.Interop.Tests.Support;

/// <summary>A program that a test talks to. Its life hangs on its standard input: when that closes, because the test is over or because the test host died, it ends.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Runs a program that does not read its input, and ends it when the input closes.</summary>
    private const string LifeLine = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3; kill $child; } >/dev/null 2>&1 &
        watch=$!
        exec 3<&-
        wait $child
        code=$?
        kill $watch
        exit $code
        """;

    /// <summary>No claim of a test: as long as anybody needs on a machine that is busy with other things.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended, _isDisposed;

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Note(e.Data, isLast: e.Data is null);
        _process.ErrorDataReceived += (_, e) => Note(e.Data, isLast: false);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts a program that ends when its standard input does.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new(start);
    }

    /// <summary>Starts any other program under the eyes of a shell.</summary>
    public static ChildProcess StartWatched(string program, params IEnumerable<string> arguments) =>
        Start("/bin/bash", ["-c", LifeLine, "watch", program, .. arguments]);

    /// <summary>How many lines it has written so far.</summary>
    public int LinesWritten
    {
        get
        {
            lock (_gate)
                return _output.Count;
        }
    }

    /// <summary>The lines that it has written from a number on.</summary>
    public string[] Lines(int from)
    {
        lock (_gate)
            return [.. _output.Skip(from)];
    }

    /// <summary>Waits until it has written a line that is wanted.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="from">The number of the first line to look at.</param>
    /// <param name="longest">How long to wait; null for as long as it takes on a busy machine.</param>
    public async Task<string> LineAsync(Predicate<string> wanted, int from = 0, TimeSpan? longest = null)
    {
        using CancellationTokenSource patience = new(longest ?? Patience);
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                for (; from < _output.Count; from++)
                    if (wanted(_output[from]))
                        return _output[from];
                if (_ended)
                    throw new InvalidOperationException($"It ended. {Story()}");
                grown = _grown.Task;
            }
            try
            {
                await grown.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not write what was waited for. {Story()}");
            }
        }
    }

    /// <summary>Writes a line to its standard input.</summary>
    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Closes its standard input and waits until it has ended. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _process.StandardInput.Close();
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    private void Note(string? line, bool isLast)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (line is not null)
                _output.Add(line);
            _ended |= isLast;
            (grown, _grown) = (_grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        grown.TrySetResult();
    }

    private string Story() => $"Its output: {string.Join('\n', _output.TakeLast(20))}";
}
