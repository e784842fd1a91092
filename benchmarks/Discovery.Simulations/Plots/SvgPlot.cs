using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Discovery.Simulations.Plots;

/// <summary>Draws plots as SVG: a pure function, the same text for the same plot. Its colours follow the reader's choice of light or dark.</summary>
internal static class SvgPlot
{
    private const int Width = 720, Height = 420, Right = 30, Bottom = 58, LegendTop = 70, LegendLine = 18, MarkerLine = 16, MarkerLevels = 5;

    /// <summary>No fonts are at hand to measure text with: what a letter of the sizes used takes at most, on average over words.</summary>
    private const double LetterWidth = 7.2;

    private const double BarPart = 0.8;

    // Okabe and Ito's colours, which those tell apart who do not see all colours; the light ones of them on dark ground.
    private const string Style = """

        text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
        .title { font-size: 16px; font-weight: 600 } .note { fill: #57606a }
        .ground { fill: #ffffff } .grid { stroke: #d8dee4; fill: none } .frame { stroke: #57606a; fill: none }
        .marker { stroke: #57606a; stroke-dasharray: 3 3; fill: none }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round } .dashes { stroke-dasharray: 6 5 }
        .c0 { stroke: #0072b2 } .c1 { stroke: #d55e00 } .c2 { stroke: #007a5a } .c3 { stroke: #b0589a } .f0 { fill: #0072b2 } .f1 { fill: #d55e00 } .f2 { fill: #007a5a } .f3 { fill: #b0589a }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .note { fill: #9da7b1 }
          .ground { fill: #0d1117 } .grid { stroke: #2a313c } .frame { stroke: #9da7b1 } .marker { stroke: #9da7b1 }
          .c0 { stroke: #56b4e9 } .c1 { stroke: #e69f00 } .c2 { stroke: #2fc795 } .c3 { stroke: #d992c2 } .f0 { fill: #56b4e9 } .f1 { fill: #e69f00 } .f2 { fill: #2fc795 } .f3 { fill: #d992c2 }
        }

        """;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Draw(Plot plot)
    {
        (List<XElement> legend, double legendBottom) = Legend(plot.Series, LeftOf(plot));
        List<(Marker Marker, int Level)> markers = Arrange(plot);
        Area area = AreaOf(plot) with { Top = legendBottom + 14 + (markers.Count == 0 ? 0 : 1 + markers.Max(static marker => marker.Level)) * MarkerLine };
        XElement root = new(Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Width} {Height}"), new XAttribute("width", Width), new XAttribute("height", Height), new XAttribute("role", "img"),
            new XElement(Svg + "title", plot.Title), new XElement(Svg + "style", Style),
            new XElement(Svg + "rect", new XAttribute("class", "ground"), new XAttribute("width", Width), new XAttribute("height", Height), new XAttribute("rx", 6)),
            Text(area.Left, 28, plot.Title, "title"), Text(area.Left, 47, plot.Subtitle, "note"));
        root.Add(legend, Grid(plot, area));
        foreach ((Marker marker, int level) in markers)
        {
            double x = area.X(plot.X, marker.X), bottom = area.Top - 6 - level * MarkerLine;
            root.Add(Path("marker", $"M{N(x)} {N(bottom - 10)}V{N(area.Bottom)}"), Text(x + 4, bottom, marker.Name, "note"));
        }
        Series[] bars = [.. plot.Series.Where(static series => series.Style == SeriesStyle.Bars)];
        for (int i = 0; i < bars.Length; i++)
            root.Add(Bars(plot, bars[i], area, i, bars.Length));
        foreach (Series series in plot.Series)
            if (series.Style != SeriesStyle.Bars)
                root.Add(Line(plot, series, area));
        root.Add(Path("frame", $"M{N(area.Left)} {N(area.Top)}V{N(area.Bottom)}H{N(area.Right)}"));
        return root.ToString() + "\n";
    }

    private static double LeftOf(Plot plot) => 38 + plot.Y.Ticks.Max(static tick => WidthOf(tick.Label));

    /// <summary>Where the values go: as wide as the names of the markers let it be, which stand to the right of them.</summary>
    private static Area AreaOf(Plot plot)
    {
        double left = LeftOf(plot), right = Width - Right;
        foreach (Marker marker in plot.Markers)
            if (plot.X.Part(marker.X) is var part and > 0)
                right = Math.Min(right, left + (Width - 10 - WidthOf(marker.Name) - left) / part);
        return new(left, 0, right, Height - Bottom);
    }

    /// <summary>Puts the names of markers one above the other where the next marker's line would run through them. What would be too high goes without a name.</summary>
    private static List<(Marker Marker, int Level)> Arrange(Plot plot)
    {
        Area area = AreaOf(plot);
        List<(Marker Marker, int Level)> placed = [];
        foreach (Marker marker in plot.Markers.OrderByDescending(static marker => marker.X))
        {
            double x = area.X(plot.X, marker.X), end = x + 8 + WidthOf(marker.Name);
            int level = placed.Where(other => area.X(plot.X, other.Marker.X) <= end).Select(static other => 1 + other.Level).DefaultIfEmpty(0).Max();
            placed.Add(level < MarkerLevels ? (marker, level) : (marker with { Name = "" }, 0));
        }
        return placed;
    }

    /// <summary>One row, or two halves.</summary>
    private static (List<XElement> Elements, double Bottom) Legend(IReadOnlyList<Series> all, double left)
    {
        List<XElement> elements = [];
        double x = left, y = LegendTop;
        bool fits = left + all.Sum(static series => 48 + WidthOf(series.Name)) <= Width;
        foreach (Series series in all)
        {
            if (!fits && series == all[(all.Count + 1) / 2])
                (x, y) = (left, y + LegendLine);
            elements.Add(series.Style == SeriesStyle.Bars ? Rectangle($"f{series.Color}", x, y - 9, 20, 10) : Path(ClassOf(series), $"M{N(x)} {N(y - 4)}h22"));
            if (series.Style == SeriesStyle.Dots)
                elements.Add(Dot(series, x + 11, y - 4));
            elements.Add(Text(x + 28, y, series.Name));
            x += 48 + WidthOf(series.Name);
        }
        return (elements, y);
    }

    private static IEnumerable<XElement> Grid(Plot plot, Area area)
    {
        // Bars stand on the ticks of x, where a line would only run through them.
        bool hasBars = plot.Series.Any(static series => series.Style == SeriesStyle.Bars);
        foreach (Tick tick in plot.X.Ticks)
        {
            double x = area.X(plot.X, tick.Value);
            if (!hasBars)
                yield return Path("grid", $"M{N(x)} {N(area.Top)}V{N(area.Bottom)}");
            yield return Text(x, area.Bottom + 18, tick.Label, anchor: "middle");
        }
        foreach (Tick tick in plot.Y.Ticks)
        {
            double y = area.Y(plot.Y, tick.Value);
            yield return Path("grid", $"M{N(area.Left)} {N(y)}H{N(area.Right)}");
            yield return Text(area.Left - 8, y + 4, tick.Label, anchor: "end");
        }
        yield return Text((area.Left + area.Right) / 2, Height - 14, plot.X.Title, "note", "middle");
        XElement title = Text(0, 0, plot.Y.Title, "note", "middle");
        title.SetAttributeValue("transform", $"translate(18 {N((area.Top + area.Bottom) / 2)}) rotate(-90)");
        yield return title;
    }

    private static IEnumerable<XElement> Line(Plot plot, Series series, Area area)
    {
        StringBuilder path = new();
        bool isOpen = false;
        foreach ((double x, double y) in series.Points)
        {
            bool isNumber = double.IsFinite(x) && double.IsFinite(y);
            if (isNumber)
                path.Append(isOpen ? 'L' : 'M').Append(N(area.X(plot.X, x))).Append(' ').Append(N(area.Y(plot.Y, y)));
            isOpen = isNumber;
        }
        if (path.Length > 0)
            yield return Path(ClassOf(series), path.ToString());
        if (series.Style == SeriesStyle.Dots)
            foreach ((double x, double y) in series.Points)
                if (double.IsFinite(x) && double.IsFinite(y))
                    yield return Dot(series, area.X(plot.X, x), area.Y(plot.Y, y));
    }

    private static IEnumerable<XElement> Bars(Plot plot, Series series, Area area, int index, int count)
    {
        double width = BarPart * (area.X(plot.X, plot.X.Min + 1) - area.X(plot.X, plot.X.Min)) / count;
        foreach ((double x, double y) in series.Points)
            if (double.IsFinite(y) && y > 0)
                yield return Rectangle($"f{series.Color}", area.X(plot.X, x) + (index - count / 2.0) * width, area.Y(plot.Y, y), width, area.Bottom - area.Y(plot.Y, y));
    }

    private static string ClassOf(Series series) => series.Style == SeriesStyle.Dashes ? $"line dashes c{series.Color}" : $"line c{series.Color}";

    private static XElement Dot(Series series, double x, double y) =>
        new(Svg + "circle", new XAttribute("class", $"f{series.Color}"), new XAttribute("cx", N(x)), new XAttribute("cy", N(y)), new XAttribute("r", 4));

    private static XElement Path(string style, string data) => new(Svg + "path", new XAttribute("class", style), new XAttribute("d", data));

    private static XElement Rectangle(string style, double x, double y, double width, double height) =>
        new(Svg + "rect", new XAttribute("class", style), new XAttribute("x", N(x)), new XAttribute("y", N(y)), new XAttribute("width", N(width)), new XAttribute("height", N(height)));

    private static XElement Text(double x, double y, string text, string? style = null, string anchor = "start") =>
        new(Svg + "text", new XAttribute("x", N(x)), new XAttribute("y", N(y)), style is null ? null : new XAttribute("class", style),
            anchor == "start" ? null : new XAttribute("text-anchor", anchor), text);

    private static double WidthOf(string text) => text.Length * LetterWidth;

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Where the values are drawn.</summary>
    private readonly record struct Area(double Left, double Top, double Right, double Bottom)
    {
        public double X(Axis axis, double value) => Left + axis.Part(value) * (Right - Left);

        public double Y(Axis axis, double value) => Bottom - axis.Part(value) * (Bottom - Top);
    }
}
