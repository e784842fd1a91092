using Discovery.Interop.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>Interfaces that go, come back and change their addresses, and a network that falls apart and comes together.</summary>
public sealed class CableTests
{
    private const int Here = 5, There = 6;

    [Test]
    public async Task WhatIsLostIsFoundAgainOnce()
    {
        await using ChildProcess ours = LanLab.StartOurs(There, "lan", "--advertise", "a", "--port", "7"), browser = LanLab.StartOurs(Here, "lan", "--timeout", "150");
        await ours.LineAsync(LanLab.Tells("published", "a"));
        await browser.LineAsync(LanLab.Tells("found", "a"));
        int from = browser.LinesWritten;

        await LanLab.NetAsync("unplug", $"{Here}");
        await browser.LineAsync(LanLab.Tells("lost", "a"), from);
        await LanLab.NetAsync("plug", $"{Here}");
        from = await CountAfterAsync(browser, "found", from);

        // The other side: it has another address, and tells.
        await LanLab.OutputAsync("ip", "-n", LanLab.Namespace(There), "addr", "add", $"10.77.0.{There + 100}/24", "dev", "eth0");
        await browser.LineAsync(line => LanLab.Tells("updated", "a")(line) && line.Contains($"10.77.0.{There + 100}", StringComparison.Ordinal), from);
        await LanLab.OutputAsync("ip", "-n", LanLab.Namespace(There), "addr", "del", $"10.77.0.{There + 100}/24", "dev", "eth0");
        await browser.LineAsync(line => LanLab.Tells("updated", "a")(line) && !line.Contains($"10.77.0.{There + 100}", StringComparison.Ordinal), browser.LinesWritten - 1);

        // A split of seconds is shorter than any record lives: nothing happens. What comes afterwards is heard.
        from = browser.LinesWritten;
        await LanLab.NetAsync("partition", string.Join(' ', Enumerable.Range(1, Here)), string.Join(' ', Enumerable.Range(There, LanLab.Hosts - Here)));
        await using (ChildProcess late = LanLab.StartOurs(There + 1, "lan", "--advertise", "b", "--port", "8"))
        {
            await late.LineAsync(LanLab.Tells("published", "b"));
            await LanLab.NetAsync("heal");
            // With the next question, of which each comes twice as late as the last.
            await browser.LineAsync(LanLab.Tells("found", "b"), from, TimeSpan.FromSeconds(80));
        }
        await browser.LineAsync(LanLab.Tells("lost", "b"), from);
        Assert.That(browser.Lines(from).Where(static line => line.Contains("\"instance\":\"a\"", StringComparison.Ordinal)), Is.Empty);
        await ours.DisposeAsync();
        await browser.LineAsync(LanLab.Tells("lost", "a"), from);
        Assert.That(browser.Lines(from).Count(line => LanLab.Tells("lost", "b")(line)), Is.EqualTo(1));
    }

    /// <summary>Waits for a step and gives the number of the line after it.</summary>
    private static async Task<int> CountAfterAsync(ChildProcess browser, string change, int from)
    {
        await browser.LineAsync(LanLab.Tells(change, "a"), from);
        Assert.That(browser.Lines(from).Count(line => LanLab.Tells(change, "a")(line)), Is.EqualTo(1));
        return browser.LinesWritten;
    }
}
