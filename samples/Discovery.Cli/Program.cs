using System.Runtime.InteropServices;

namespace Discovery.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stopping = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop); // The terminal was closed.
        return await DiscoveryCommand.RunAsync(args, Console.Out, Console.Error, stopping.Token);

        void Stop(PosixSignalContext signal)
        {
            // The first signal asks for a clean end; a second one is the system's to answer.
            signal.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        }
    }
}
