using Discovery.Simulations.Plots;

namespace Discovery.Simulations.Output;

/// <summary>The folder that reports and plots go to.</summary>
internal sealed class Files
{
    private readonly DirectoryInfo _folder;

    private Files(DirectoryInfo folder) => _folder = folder;

    /// <summary>The folder that is asked for, made before anything is simulated for it; null when none is.</summary>
    public static Files? In(Request request)
    {
        if (request.Out is null)
            return null;
        request.Out.Create();
        return new(request.Out);
    }

    public void Write(string name, string json, IEnumerable<(string Name, Plot Plot)> plots)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.json"), json + "\n");
        foreach ((string kind, Plot plot) in plots)
            File.WriteAllText(Path.Combine(_folder.FullName, $"{name}-{kind}.svg"), SvgPlot.Draw(plot));
    }
}
