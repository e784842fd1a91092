using System.Diagnostics;

namespace Discovery.Tests.Support;

/// <summary>What a test needs from the machine and cannot bring along. Where it is missing the test is skipped, and says which command would let it run.</summary>
internal static class External
{
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        "/usr/local/sbin", "/usr/sbin", "/sbin", // A login that is not root's often lacks these.
    ];

    /// <summary>Debian's own interpreter, the one its <c>python3-…</c> packages belong to.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>The full path of a program; skips the test when it is not installed.</summary>
    /// <param name="program">The name of the program, or its full path.</param>
    /// <param name="install">The command that installs it.</param>
    public static string Require(string program, string install)
    {
        string? path = Find(program);
        if (path is null)
            Assert.Ignore(Missing(program, install));
        return path!;
    }

    /// <summary>Whether a program is installed, for what is worth preparing only then.</summary>
    public static bool Has(string program) => Find(program) is not null;

    /// <summary>Debian's Python with this module; skips the test when either is missing.</summary>
    public static string RequirePythonModule(string module, string install)
    {
        string python = Require(Python, "apt-get install -y python3");
        using Process probe = Process.Start(new ProcessStartInfo(python, ["-W", "ignore", "-c", $"import {module}"]) { RedirectStandardError = true })!;
        _ = probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        if (probe.ExitCode != 0)
            Assert.Ignore(Missing($"Python module {module}", install));
        return python;
    }

    /// <summary>The folder whose <c>node_modules</c> holds this package: <c>DISCOVERY_JS</c>, which <c>.ci/run</c> fills from the lab's <c>js</c>.</summary>
    public static string RequireNodePackage(string package)
    {
        const string Install = "cp -r ../shared/lab/js /tmp/discovery-js && npm install --prefix /tmp/discovery-js && export DISCOVERY_JS=/tmp/discovery-js";
        string folder = Environment.GetEnvironmentVariable("DISCOVERY_JS") ?? "";
        if (!Directory.Exists(Path.Combine(folder, "node_modules", package)))
            Assert.Ignore(Missing($"npm package {package}", Install));
        return folder;
    }

    /// <summary>A program of the lab (<c>DISCOVERY_LAB</c>, by default <c>../shared/lab</c>) by its full path; skips the test when the lab is not there.</summary>
    public static string RequireLab(string file)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("DISCOVERY_LAB") ?? Repository.PathOf("../shared/lab"), file);
        if (!File.Exists(path))
            Assert.Ignore(Missing(path, "export DISCOVERY_LAB=<the folder of the lab>"));
        return path;
    }

    private static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Missing(string what, string install) => $"{what} is not here. To run this test: {install}";
}
