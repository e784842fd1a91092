using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Discovery.Tests.Cli;

/// <summary>The command as a process of its own, as scripts run it.</summary>
internal sealed partial class CliProcess : IDisposable
{
    public const int HangUp = 1, Interrupt = 2, Terminate = 15; // SIGHUP, SIGINT and SIGTERM, the same on every Unix.

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;

    private CliProcess(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Error => _process.StandardError;

    public static CliProcess Start(params IEnumerable<string> args)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(AppContext.BaseDirectory, "Discovery.Cli.dll");
        // A test run that is itself in the background of a script may ignore SIGINT, or SIGHUP under nohup, and its children with it.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,TERM", host, program] : [host, program];
        return new(Process.Start(new ProcessStartInfo(command[0], [.. command[1..], .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<CliRun> RunAsync(params IEnumerable<string> args)
    {
        using CliProcess process = Start(args);
        return await process.EndAsync();
    }

    /// <summary>The next line of JSON.</summary>
    public async Task<JsonElement> ReadAsync()
    {
        using CancellationTokenSource deadline = new(s_patience);
        string? line = await Output.ReadLineAsync(deadline.Token);
        Assert.That(line, Is.Not.Null, "the process has ended");
        return CliRun.Parse(line!).Single();
    }

    /// <summary>The next line that tells of a peer.</summary>
    public async Task<JsonElement> ReadPeerAsync(string id)
    {
        while (true)
        {
            JsonElement line = await ReadAsync();
            if (line.GetProperty("event").GetString() == "peer" && line.GetProperty("id").GetString() == id)
                return line;
        }
    }

    public void Signal(int signal) => Assert.That(Kill(_process.Id, signal), Is.Zero);

    /// <summary>Waits for the end and gives what has not been read.</summary>
    public async Task<CliRun> EndAsync()
    {
        Task<string> output = Output.ReadToEndAsync(), error = Error.ReadToEndAsync();
        using CancellationTokenSource deadline = new(s_patience);
        await _process.WaitForExitAsync(deadline.Token);
        return new(_process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
