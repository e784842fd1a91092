using System.Text.Json;
using Discovery.Simulations;

namespace Discovery.Tests.Simulation.ConsoleProgram;

/// <summary>One run of the console program in this process.</summary>
internal sealed record ConsoleRun(int Code, string Output, string Error)
{
    /// <summary>Runs it with simulations that are faked; by default all goes well.</summary>
    public static ConsoleRun Of(Simulate? simulate = null, CancellationToken cancellationToken = default, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = SimulationsCommand.Run(args, output, error, new(simulate ?? (static (scenario, seed, isPlain, _, _) => FakeReports.Create(scenario, seed, isPlain)), static (report, _) => report.Scenario.WithNodes(16)), cancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    public static ConsoleRun Of(params string[] args) => Of(null, default, args);

    /// <summary>The last line as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;
}
