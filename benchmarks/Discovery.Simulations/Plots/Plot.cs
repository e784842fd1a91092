namespace Discovery.Simulations.Plots;

/// <summary>How a series is drawn.</summary>
internal enum SeriesStyle
{
    Line,
    Dots,
    Dashes,
    Bars,
}

/// <summary>Values that belong together.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Style">How it is drawn.</param>
/// <param name="Color">Which of the colours it has.</param>
/// <param name="Points">The values, in the order of x. A value that is no number interrupts the line.</param>
internal sealed record Series(string Name, SeriesStyle Style, int Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Something that happened at a place of the x axis.</summary>
internal readonly record struct Marker(double X, string Name);

/// <summary>What is drawn.</summary>
internal sealed record Plot(string Title, string Subtitle, Axis X, Axis Y, IReadOnlyList<Series> Series)
{
    public IReadOnlyList<Marker> Markers { get; init; } = [];
}
