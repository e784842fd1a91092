using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Discovery.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stopping = new();
        Stopwatch? asked = null;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop); // The terminal was closed.
        return await DiscoveryCommand.RunAsync(args, Console.Out, Console.Error, stopping.Token);

        void Stop(PosixSignalContext signal)
        {
            // The first signal asks for a clean end; a later one is the system's to answer. One that follows at once is the same:
            // coreutils' timeout sends it to its child and then to the group that the child is in.
            lock (stopping)
            {
                asked ??= Stopwatch.StartNew();
                signal.Cancel = asked.Elapsed < TimeSpan.FromSeconds(1);
            }
            stopping.Cancel();
        }
    }
}
