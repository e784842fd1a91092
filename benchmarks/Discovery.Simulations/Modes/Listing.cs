using Discovery.Simulation;
using Discovery.Simulations.Output;
using Spectre.Console;

namespace Discovery.Simulations.Modes;

/// <summary>What scenarios there are.</summary>
internal static class Listing
{
    public static int Run(bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(ReportJson.Line(static writer =>
            {
                writer.WriteStartArray("scenarios");
                foreach (Scenario scenario in ScenarioCatalog.All)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", scenario.Name);
                    writer.WriteString("description", scenario.Description);
                    writer.WriteNumber("nodes", scenario.Nodes);
                    writer.WriteNumber("lookups", scenario.Lookups);
                    writer.WriteNumber("minutes", scenario.Duration.TotalMinutes);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }));
            return ExitCode.Success;
        }
        Table table = Tables.Create("scenario", "nodes", "lookups", "minutes", "what it shows");
        (table.Columns[^1].Alignment, table.Columns[^1].NoWrap) = (Justify.Left, false);
        foreach (Scenario scenario in ScenarioCatalog.All)
            table.Row(scenario.Name, Tables.Number(scenario.Nodes), Tables.Number(scenario.Lookups), Tables.Number(scenario.Duration.TotalMinutes), scenario.Description);
        Tables.Write(output, table);
        return ExitCode.Success;
    }
}
