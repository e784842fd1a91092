using System.Globalization;
using System.Xml.Linq;
using Discovery.Simulations.Plots;

namespace Discovery.Tests.Simulation.ConsoleProgram;

public sealed class SvgPlotTests
{
    [TestCase(0, 1, "0 0.2 0.4 0.6 0.8 1")]
    [TestCase(0, 7.3, "0 2 4 6 8")]
    [TestCase(0.953, 1, "0.95 0.96 0.97 0.98 0.99 1")]
    [TestCase(0, 85, "0 20 40 60 80 100")]
    [TestCase(3, 3, "3 3.2 3.4 3.6 3.8 4")]
    public void AnEvenAxisHasRoundTicks(double min, double max, string ticks) => Assert.That(Labels(Axis.Linear("", min, max)), Is.EqualTo(ticks));

    [TestCase(1_000, 100_000, "1 000|2 000|5 000|10 000|20 000|50 000|100 000")]
    [TestCase(4, 5_000, "1|10|100|1 000|10 000")]
    [TestCase(30, 30, "20|50")]
    [TestCase(100, 100, "100|200")]
    [TestCase(0.5, 3, "0.5|1|2|5")]
    public void ALogarithmicAxisHasPowersOfTen(double min, double max, string ticks) => Assert.That(Labels(Axis.Logarithmic("", min, max), "|"), Is.EqualTo(ticks));

    [Test]
    public void ALogarithmicAxisPutsEveryDecadeAtTheSameDistance()
    {
        Axis axis = Axis.Logarithmic("", 1, 1000);
        Assert.That(new[] { axis.Part(1), axis.Part(10), axis.Part(100), axis.Part(1000), axis.Part(0.001) }, Is.EqualTo(new[] { 0, 1 / 3.0, 2 / 3.0, 1, 0 }).Within(1e-12));
    }

    [Test]
    public void BarsHaveTheirRoom()
    {
        Axis axis = Axis.Counts("", 0, 5);
        Assert.That((axis.Min, axis.Max, Labels(axis)), Is.EqualTo((-0.6, 5.6, "0 1 2 3 4 5")));
        Assert.That(Axis.Counts("", 0, 100).Ticks, Has.Count.LessThan(30));
    }

    [Test]
    public void ACurveEndsWhereTheLookupsThatFoundNothingBegin()
    {
        List<(double X, double Y)> curve = ReportPlots.Curve([.. Enumerable.Range(1, 1000).Select(static i => (double)i)], 2000);
        Assert.That(curve, Has.Count.LessThan(500));
        Assert.That((curve[0], curve[^1]), Is.EqualTo(((1.0, 1 / 2000.0), (1000.0, 0.5))));
        Assert.That(ReportPlots.Curve([5], 1), Is.EqualTo(new[] { (5.0, 1.0) }));
        Assert.That(ReportPlots.Curve([], 1), Is.Empty);
    }

    [Test]
    public void TheFitOfALineIsTheLine()
    {
        LogarithmicFit fit = LogarithmicFit.Of([.. new[] { 10.0, 100, 5000 }.Select(static x => (x, 3 - 0.5 * Math.Log2(x)))])!.Value;
        Assert.That((fit.Constant, fit.PerDoubling, fit.Determination), Is.EqualTo((3.0, -0.5, 1.0)).Within(1e-9));
        Assert.That(fit.ToString(), Is.EqualTo("3 − 0.5·log₂ n (R² 1.000)"));
        Assert.That(LogarithmicFit.Of([(10, 1), (10, 2), (20, 3)]), Is.Null);
    }

    [Test]
    public void TextIsEscapedAndNoNumberIsNotFinite()
    {
        string svg = SvgPlot.Draw(new("a < b & \"c\"", "", Axis.Linear("", 0, 1), Axis.Linear("", 0, 1), [new("<s>", SeriesStyle.Line, 0, [(0, 0), (0.5, double.NaN), (0.75, 0.5), (1, 2)])]));
        XElement root = XDocument.Parse(svg).Root!;
        Assert.That(svg, Does.Not.Contain("NaN").And.Not.Contain("∞"));
        Assert.That(root.Descendants().Where(static element => element.Name.LocalName == "text").Select(static text => text.Value), Does.Contain("a < b & \"c\"").And.Contains("<s>"));
        string line = root.Descendants().Single(static element => (string?)element.Attribute("class") == "line c0" && element.Attribute("d")!.Value.Contains('L')).Attribute("d")!.Value;
        Assert.That(line.Count(static letter => letter == 'M'), Is.EqualTo(2), "what is no number interrupts the line");
    }

    [Test]
    public void NoNameOfAMarkerIsCrossedByTheLineOfAnotherOne()
    {
        string[] names = ["slow nodes", "clock skew", "crash", "restart", "mass kill"];
        Plot plot = new("", "", Axis.Linear("", 0, 10), Axis.Linear("", 0, 1), []) { Markers = [.. names.Select(static (name, i) => new Marker(5 + i * 0.7, name))] };
        XElement root = XDocument.Parse(SvgPlot.Draw(plot)).Root!;
        XElement[] all = [.. root.Descendants()];
        (double X, double Top)[] lines = [.. all.Where(static element => (string?)element.Attribute("class") == "marker").Select(static path => path.Attribute("d")!.Value[1..].Split(' ', 'V')).Select(static parts => (Number(parts[0]), Number(parts[1])))];
        (double X, double Bottom, string Text)[] texts = [.. all.Where(element => names.Contains(element.Value) && element.Name.LocalName == "text").Select(static text => (Number(text.Attribute("x")!.Value), Number(text.Attribute("y")!.Value), text.Value))];
        Assert.That((lines.Length, texts.Length), Is.EqualTo((names.Length, names.Length)));
        foreach ((double x, double bottom, string text) in texts)
        {
            double end = x + text.Length * 6;
            Assert.That(lines.Where(line => line.X > x && line.X < end && line.Top < bottom), Is.Empty, text);
            Assert.That(end, Is.LessThan(720), text);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Labels(Axis axis, string separator = " ") => string.Join(separator, axis.Ticks.Select(static tick => tick.Label));
}
