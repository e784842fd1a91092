using Discovery.Simulations.Plots;

namespace Discovery.Simulations.Output;

/// <summary>The folder that reports and plots go to.</summary>
internal sealed class Files
{
    private readonly DirectoryInfo _folder;

    private Files(DirectoryInfo folder) => _folder = folder;

    /// <summary>The folder that is asked for, made before anything is simulated for it; null when none is.</summary>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public static Files? In(Request request)
    {
        if (request.Out is null)
            return null;
        try
        {
            request.Out.Create();
            // What cannot be written should not be found out when all has been simulated.
            using (new FileStream(Path.Combine(request.Out.FullName, Path.GetRandomFileName()), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"nothing can be written to '{request.Out}', which '--out' names: {exception.Message}", exception);
        }
        return new(request.Out);
    }

    public void Write(string name, string json, IEnumerable<(string Name, Plot Plot)> plots)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.json"), json + "\n");
        foreach ((string kind, Plot plot) in plots)
            File.WriteAllText(Path.Combine(_folder.FullName, $"{name}-{kind}.svg"), SvgPlot.Draw(plot));
    }
}
