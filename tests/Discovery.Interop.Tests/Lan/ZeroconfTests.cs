using Discovery.Interop.Tests.Support;
using Discovery.Mdns;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Lan;

/// <summary>python-zeroconf, which Home Assistant uses, at host 3.</summary>
public sealed class ZeroconfTests
{
    /// <summary>It has no way to tell a dot within a name from one between names.</summary>
    private const string Theirs = "Ärger";

    [Test]
    public async Task WeShowWhatItPublishesAndWithdraws()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "900");
        // Until it has been found, however long this machine takes to start us.
        await using (ChildProcess theirs = StartPeer("publish", Theirs, "1234", "v=1"))
        {
            string found = await ours.LineAsync(LanLab.Tells("found", Theirs));
            Assert.That(found, Does.Contain("10.77.0.3").And.Contain("\"port\":1234").And.Contain("\"v\":\"1\""));
        }
        await ours.LineAsync(LanLab.Tells("lost", Theirs));
    }

    [Test]
    public async Task ItShowsWhatWePublishAndWithdraw()
    {
        await using ChildProcess theirs = Start("browse", "900");
        await using (ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", "Büro 1. Stock", "--port", "4444", "--txt", "k=v"))
        {
            string shown = await theirs.LineAsync(static line => line.Contains(" + Büro 1. Stock._discovery._udp.local.", StringComparison.Ordinal));
            Assert.That(shown, Does.Contain("10.77.0.1").And.Contain("4444").And.Contain("b'k': b'v'"));
        }
        await theirs.LineAsync(static line => line.Contains(" - Büro 1. Stock._discovery._udp.local.", StringComparison.Ordinal));
    }

    [Test]
    public async Task WeFollowWhatItChanges()
    {
        const string Name = "Ärger im Büro";
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "900"), theirs = StartPeer("publish", Name, "1234", "v=1");
        string found = await ours.LineAsync(LanLab.Tells("found", Name));
        Assert.That(found, Does.Contain("\"v\":\"1\""));
        await theirs.WriteLineAsync("v=2");
        string updated = await ours.LineAsync(LanLab.Tells("updated", Name));
        Assert.That(updated, Does.Contain("\"v\":\"2\"").And.Contain("\"port\":1234"));
    }

    [Test]
    public async Task ItFollowsWhatWeChangeAndFindsSubtypes()
    {
        const string Name = "Büro 1. Stock";
        await using ChildProcess theirs = StartPeer("browse", "_discovery._udp.local."), some = StartPeer("browse", "_abc._sub._discovery._udp.local.");
        await using MdnsHost host = LanLab.StartHost(1);
        await using ServiceRegistration plain = host.Publish(new() { Instance = "other", Type = "_discovery._udp", Port = 1 });
        await using ServiceRegistration registration = host.Publish(new() { Instance = Name, Type = "_discovery._udp", Port = 4444, Subtypes = ["_abc"], Text = Text("1") });
        await theirs.LineAsync(static line => line.StartsWith($"+ {Name}._discovery._udp.local.", StringComparison.Ordinal) && line.Contains("b'v': b'1'", StringComparison.Ordinal));
        await some.LineAsync(static line => line.StartsWith($"+ {Name}._discovery._udp.local.", StringComparison.Ordinal));
        registration.Update(Text("2"));
        await theirs.LineAsync(static line => line.StartsWith($"~ {Name}._discovery._udp.local.", StringComparison.Ordinal) && line.Contains("b'v': b'2'", StringComparison.Ordinal));
        Assert.That(some.Lines(0), Has.None.StartsWith("+ other."));

        static ServiceText Text(string version) => ServiceText.Create(new KeyValuePair<string, string?>("v", version));
    }

    private static ChildProcess StartPeer(params IEnumerable<string> arguments) => ChildProcess.Start("ip",
        ["netns", "exec", LanLab.Namespace(3), External.RequirePythonModule("zeroconf", "apt-get install -y python3-zeroconf"), "-u", Path.Combine(AppContext.BaseDirectory, "Peers", "zeroconf_peer.py"), .. arguments]);

    private static ChildProcess Start(params IEnumerable<string> arguments) =>
        LanLab.Start(3, [External.RequirePythonModule("zeroconf", "apt-get install -y python3-zeroconf"), "-u", External.RequireLab("zc.py"), .. arguments]);
}
