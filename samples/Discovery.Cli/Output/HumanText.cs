using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>Text for people.</summary>
internal static class HumanText
{
    /// <summary>Text that came from strangers, without anything that a terminal would obey.</summary>
    public static string Harmless(string text)
    {
        if (!text.EnumerateRunes().Any(IsActive))
            return text;
        StringBuilder result = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsActive(rune))
                result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            else
                result.Append(rune);
        }
        return result.ToString();
    }

    public static string Milliseconds(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.0} ms") : "";

    /// <summary>A table of plain cells: nothing in them is taken for markup.</summary>
    public static Table Table(params ReadOnlySpan<string> columns)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new Text(column)).NoWrap());
        return table;
    }

    /// <summary>A table of names and values; long values go over several lines.</summary>
    public static Table Facts() => new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");

    public static void Row(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(static cell => new Text(cell)));

    // Control characters, line separators, and the formatting ones that reverse the direction of text.
    private static bool IsActive(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
