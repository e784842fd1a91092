using System.Net;
using System.Text.Json;
using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Lan;

/// <summary>Twelve hosts on one bridge, which only multicast to each other.</summary>
[SetUpFixture]
internal sealed class LanLab
{
    public const int Hosts = 12;

    private static readonly string Work = Path.Combine(Path.GetTempPath(), Name);

    private ChildProcess? _lab;

    private static string Name => $"dsl{Environment.ProcessId}";

    public static string Namespace(int host) => $"{Name}-h{host}";

    public static IPAddress Address(int host) => IPAddress.Parse($"10.77.0.{host}");

    /// <summary>Starts a program at a host.</summary>
    public static ChildProcess Start(int host, params IEnumerable<string> command) => ChildProcess.StartWatched("ip", ["netns", "exec", Namespace(host), .. command]);

    /// <summary>Starts the command <c>discovery</c> at a host.</summary>
    public static ChildProcess StartOurs(int host, params IEnumerable<string> arguments) =>
        Start(host, [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "Discovery.Cli.dll"), .. arguments, "--json"]);

    /// <summary>A host of ours in this process.</summary>
    public static MdnsHost StartHost(int host)
    {
        MdnsHost started = new(new() { Network = new NamespaceMulticast(Namespace(host)) });
        started.Start();
        Assert.That(started.Error, Is.Null);
        return started;
    }

    /// <summary>Runs <c>netlab.sh</c> of the lab, as in <c>unplug 1</c>.</summary>
    public static Task NetAsync(params IEnumerable<string> arguments) => OutputAsync("env", [$"LAB={Name}", $"LAB_TMP={Work}", External.RequireLab("netlab.sh"), .. arguments]);

    /// <summary>Runs <c>avahi_ns.sh</c> of the lab for a host.</summary>
    public static Task<string[]> AvahiAsync(string verb, int host, params IEnumerable<string> arguments) => OutputAsync("env", AvahiCommand(verb, host, arguments));

    /// <summary>Starts a program that talks to a host's Avahi.</summary>
    public static ChildProcess StartAvahi(int host, params IEnumerable<string> command) => ChildProcess.StartWatched("env", AvahiCommand("exec", host, command));

    /// <summary>The arguments of <c>env</c> that run <c>avahi_ns.sh</c>.</summary>
    public static IEnumerable<string> AvahiCommand(string verb, int host, params IEnumerable<string> arguments) =>
        [$"LAB_TMP={Work}", External.RequireLab("avahi_ns.sh"), verb, Namespace(host), .. arguments];

    /// <summary>The folder with the service files of a host's Avahi.</summary>
    public static string AvahiServices(int host) => Directory.CreateDirectory(Path.Combine(Work, "avahi", Namespace(host), "services")).FullName;

    /// <summary>What all hosts have sent so far, by unicast and multicast, as the bridge has counted it.</summary>
    public static async Task<(long Packets, long Bytes)> CountAsync()
    {
        JsonElement ports = JsonDocument.Parse(string.Concat(await OutputAsync("ip", "-n", $"{Name}-sw", "-j", "-s", "link", "show", "master", "br0"))).RootElement;
        JsonElement[] received = [.. ports.EnumerateArray().Select(static port => port.GetProperty("stats64").GetProperty("rx"))];
        return (received.Sum(static rx => rx.GetProperty("packets").GetInt64()), received.Sum(static rx => rx.GetProperty("bytes").GetInt64()));
    }

    /// <summary>Whether a line of ours tells of a service.</summary>
    public static Predicate<string> Tells(string change, string instance) => line =>
        line.StartsWith('{') && JsonDocument.Parse(line).RootElement is var told
        && (told.TryGetProperty("change", out JsonElement what) ? what.GetString() : told.GetProperty("event").GetString()) == change
        && told.GetProperty("instance").GetString() == instance;

    /// <summary>Runs a program to its end and gives its lines.</summary>
    public static async Task<string[]> OutputAsync(string program, params IEnumerable<string> arguments)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(180));
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}");
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        External.Require("ip", "apt-get install -y iproute2");
        string script = External.RequireLab("netlab.sh");
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("Only root may make network namespaces. To run this test: sudo -E dotnet test tests/Discovery.Interop.Tests");
        _lab = ChildProcess.Start("/bin/bash", [Path.Combine(AppContext.BaseDirectory, "Peers", "netlab_while_open.sh"), Path.GetDirectoryName(script)!, Name, $"{Hosts}", Work]);
        if (await _lab.LineAsync(static line => line is "ready" or "unavailable") == "unavailable")
            Assert.Ignore("This machine does not let us make network namespaces. To run this test: give the container CAP_SYS_ADMIN and CAP_NET_ADMIN");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
