using System.Xml.Linq;
using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>An Avahi of its own at a host of the lab.</summary>
internal sealed class Avahi : IAsyncDisposable
{
    private const string Install = "apt-get install -y avahi-daemon avahi-utils dbus";

    private readonly int _host;

    private Avahi(int host) => _host = host;

    /// <summary>Skips the test when it is not installed.</summary>
    public static void Require()
    {
        foreach (string program in (string[])["avahi-daemon", "avahi-browse", "dbus-daemon"])
            External.Require(program, Install);
    }

    /// <summary>Starts one; skips the test when it is not installed.</summary>
    public static async Task<Avahi> StartAsync(int host)
    {
        Require();
        foreach (string file in Directory.GetFiles(LanLab.AvahiServices(host)))
            File.Delete(file);
        // Its output would keep our pipe open for as long as the daemon runs.
        await LanLab.OutputAsync("bash", ["-c", "\"$@\" >/dev/null 2>&1", "start", "env", .. LanLab.AvahiCommand("start", host)]);
        return new(host);
    }

    /// <summary>Publishes a service until <see cref="Withdraw"/>; another of the same file replaces it.</summary>
    public void Publish(string file, string name, int port, string type = "_discovery._udp", string? subtype = null, params ReadOnlySpan<string> text)
    {
        XElement service = new("service", new XElement("type", type));
        if (subtype is not null)
            service.Add(new XElement("subtype", $"{subtype}._sub.{type}"));
        service.Add(new XElement("port", port));
        foreach (string pair in text)
            service.Add(new XElement("txt-record", pair));
        string path = Path.Combine(LanLab.AvahiServices(_host), file + ".service");
        // At once, for it looks as soon as the file is there.
        File.WriteAllText(path + ".new", new XDocument(new XDocumentType("service-group", null, "avahi-service.dtd", null), new XElement("service-group", new XElement("name", name), service)).ToString());
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Withdraw(string file) => File.Delete(Path.Combine(LanLab.AvahiServices(_host), file + ".service"));

    /// <summary>What it knows, with everything resolved.</summary>
    public Task<string[]> BrowseAsync(string type = "_discovery._udp") => LanLab.AvahiAsync("exec", _host, "avahi-browse", "-rpt", type);

    /// <summary>Waits until it shows a line.</summary>
    public Task<string> ShowsAsync(string what, Func<string, bool> isWanted, string type = "_discovery._udp") =>
        Eventually.GetAsync($"Avahi shows {what}", async () => (await BrowseAsync(type)).FirstOrDefault(isWanted));

    /// <summary>Waits until it no longer shows any line.</summary>
    public Task ForgetsAsync(string what, Func<string, bool> isIt) => Eventually.IsAsync($"Avahi forgets {what}", async () => !(await BrowseAsync()).Any(isIt));

    /// <summary>A name as it writes it.</summary>
    public static string Escape(string name) =>
        string.Concat(System.Text.Encoding.UTF8.GetBytes(name).Select(static b => b is (byte)'.' or (byte)'\\' ? $"\\{(char)b}" : char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' ? $"{(char)b}" : $"\\{b:D3}"));

    public async ValueTask DisposeAsync() => await LanLab.AvahiAsync("stop", _host);
}
