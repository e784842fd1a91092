using System.Diagnostics;

namespace Discovery.Benchmarks;

/// <summary>A program that is measured: it ends with its standard input, and at the latest with this object.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Child Start(string program, params string[] args)
    {
        ProcessStartInfo start = new(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] args)
    {
        using Child child = Start(program, args);
        string output = await child._process.StandardOutput.ReadToEndAsync();
        await child._process.WaitForExitAsync();
        return child._process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {child._process.ExitCode}.");
    }

    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} has ended.");

    public Task<string> AskAsync()
    {
        _process.StandardInput.WriteLine();
        return ReadLineAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
