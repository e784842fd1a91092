namespace Discovery.Tests.Support;

/// <summary>The working copy the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Discovery.sln</c>, found upwards from the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder of the repository, or beside it: <c>../shared/vectors</c>.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(relative, Root);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Discovery.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No Discovery.sln above {AppContext.BaseDirectory}.");
    }
}
