using System.Runtime.InteropServices;
using Discovery.Simulations;

using CancellationTokenSource stopping = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return SimulationsCommand.Run(args, Console.Out, Console.Error, cancellationToken: stopping.Token);

void Stop(PosixSignalContext signal)
{
    // The first one asks for what was measured so far; a later one is the system's to answer.
    signal.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
}
