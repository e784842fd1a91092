using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>python-zeroconf, which Home Assistant uses, at host 3.</summary>
public sealed class ZeroconfTests
{
    /// <summary>It has no way to tell a dot within a name from one between names.</summary>
    private const string Theirs = "Ärger";

    [Test]
    public async Task WeShowWhatItPublishesAndWithdraws()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "60");
        await using ChildProcess theirs = Start("pub", Theirs, "1234", "3");
        string found = await ours.LineAsync(LanLab.Tells("found", Theirs));
        Assert.That(found, Does.Contain("10.77.0.3").And.Contain("\"port\":1234").And.Contain("\"v\":\"1\""));
        await ours.LineAsync(LanLab.Tells("lost", Theirs));
    }

    [Test]
    public async Task ItShowsWhatWePublishAndWithdraw()
    {
        await using ChildProcess theirs = Start("browse", "60");
        await using (ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", "Büro 1. Stock", "--port", "4444", "--txt", "k=v"))
        {
            string shown = await theirs.LineAsync(static line => line.Contains(" + Büro 1. Stock._discovery._udp.local.", StringComparison.Ordinal));
            Assert.That(shown, Does.Contain("10.77.0.1").And.Contain("4444").And.Contain("b'k': b'v'"));
        }
        await theirs.LineAsync(static line => line.Contains(" - Büro 1. Stock._discovery._udp.local.", StringComparison.Ordinal));
    }

    private static ChildProcess Start(params IEnumerable<string> arguments) =>
        LanLab.Start(3, [External.RequirePythonModule("zeroconf", "apt-get install -y python3-zeroconf"), "-u", External.RequireLab("zc.py"), .. arguments]);
}
