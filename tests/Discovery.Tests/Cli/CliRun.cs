using System.Text.Json;
using Discovery.Cli;

namespace Discovery.Tests.Cli;

/// <summary>One run of the command in this process.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(params IEnumerable<string> args)
    {
        using StringWriter output = new(), error = new();
        int code = await DiscoveryCommand.RunAsync([.. args], output, error);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The output as JSON, line by line; a line that is anything else fails the test.</summary>
    public IReadOnlyList<JsonElement> Lines => Parse(Output);

    public static IReadOnlyList<JsonElement> Parse(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
}
