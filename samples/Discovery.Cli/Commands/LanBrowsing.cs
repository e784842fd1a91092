using Discovery.Cli.Output;
using Discovery.Mdns;
using Discovery.Transports;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery lan</c>: what is there. Scripts see each step as it happens, people a table at the end.</summary>
internal static class LanBrowsing
{
    /// <returns>The exit code: whether anything was found, be it lost since.</returns>
    /// <param name="host">Where it is looked.</param>
    /// <param name="type">What is looked for.</param>
    /// <param name="report">Where it is shown.</param>
    /// <param name="timeUp">Cancelled when the time is up.</param>
    /// <param name="stopped">Cancelled when the user has stopped it.</param>
    public static async Task<int> RunAsync(MdnsHost host, string type, Report report, CancellationToken timeUp, CancellationToken stopped)
    {
        SortedDictionary<string, ServiceInstance> present = new(StringComparer.Ordinal);
        bool hasFound = await report.WaitForAsync("Looking for services", () => ReadAsync(host, type, present, report, timeUp));
        if (report.Json is null && present.Count > 0)
            report.Show(ServiceLine.Table(present.Values));
        if (!hasFound)
            report.Note(stopped.IsCancellationRequested ? "Stopped." : "No service found.");
        return hasFound ? ExitCode.Success : ExitCode.Nothing;
    }

    private static async Task<bool> ReadAsync(MdnsHost host, string type, SortedDictionary<string, ServiceInstance> present, Report report, CancellationToken cancellationToken)
    {
        bool hasFound = false;
        try
        {
            await foreach (ServiceEvent change in host.BrowseAsync(type, null, cancellationToken))
            {
                hasFound = true;
                if (change.Change == ServiceChange.Lost)
                    present.Remove(change.Service.Instance);
                else
                    present[change.Service.Instance] = change.Service;
                report.Json?.Write("service", writer =>
                {
                    writer.WriteString("change", change.Change.ToString().ToLowerInvariant());
                    ServiceLine.Write(writer, change.Service);
                });
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return hasFound;
        }
        return hasFound;
    }
}
