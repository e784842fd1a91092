using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>npm's bonjour-service and the multicast-dns beneath it, at host 3.</summary>
public sealed class BonjourTests
{
    /// <summary>It puts a hyphen for every dot.</summary>
    private const string Theirs = "Käse Theke";

    [Test]
    public async Task WeShowWhatItPublishesAndWithdraws()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "900");
        await using (ChildProcess theirs = Start("bonjour-service", "publish", Theirs, "1234"))
        {
            string found = await ours.LineAsync(LanLab.Tells("found", Theirs));
            Assert.That(found, Does.Contain("\"port\":1234").And.Contain("\"k\":\"v\"").And.Contain("10.77.0.3"));
        }
        await ours.LineAsync(LanLab.Tells("lost", Theirs));
    }

    [Test]
    public async Task ItShowsWhatWePublishAndWithdraw()
    {
        await using ChildProcess theirs = Start("bonjour-service", "browse");
        await using (ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", "Küche", "--port", "4444", "--txt", "k=v"))
        {
            string shown = await theirs.LineAsync(static line => line.Contains("\"change\":\"up\",\"name\":\"Küche\"", StringComparison.Ordinal));
            Assert.That(shown, Does.Contain("\"port\":4444").And.Contain("\"k\":\"v\"").And.Contain("10.77.0.1"));
        }
        await theirs.LineAsync(static line => line.Contains("\"change\":\"down\",\"name\":\"Küche\"", StringComparison.Ordinal));
    }

    [Test]
    public async Task MulticastDnsGetsOurAnswer()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", "Küche", "--port", "4444");
        await ours.LineAsync(LanLab.Tells("published", "Küche"));
        await using ChildProcess theirs = Start("multicast-dns", "query");
        await theirs.LineAsync(static line => line.Contains("\"type\":\"PTR\"", StringComparison.Ordinal) && line.Contains("Küche._discovery._udp.local", StringComparison.Ordinal));
        await theirs.LineAsync(static line => line.Contains("\"type\":\"SRV\"", StringComparison.Ordinal) && line.Contains("\"port\":4444", StringComparison.Ordinal));
    }

    [Test]
    public async Task WeAskForAllThatMulticastDnsDoesNotSend()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "900");
        await using (ChildProcess theirs = Start("multicast-dns", "respond", Theirs, "1234"))
        {
            string found = await ours.LineAsync(LanLab.Tells("found", Theirs));
            Assert.That(found, Does.Contain("\"port\":1234").And.Contain("\"k\":\"v\"").And.Contain("10.77.0.3"));
        }
        await ours.LineAsync(LanLab.Tells("lost", Theirs));
    }

    private static ChildProcess Start(string package, params IEnumerable<string> arguments)
    {
        string folder = External.RequireNodePackage(package), node = External.Require("node", "apt-get install -y nodejs npm");
        return ChildProcess.Start("ip", ["netns", "exec", LanLab.Namespace(3), node, Path.Combine(AppContext.BaseDirectory, "Peers", "bonjour_peer.mjs"), folder, .. arguments]);
    }
}
