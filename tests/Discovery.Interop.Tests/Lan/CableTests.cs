using System.Text.Json;
using Discovery.Interop.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>Interfaces that go, come back and change their addresses, and a network that falls apart and comes together.</summary>
public sealed class CableTests
{
    private const int Here = 5, There = 6;

    [Test]
    public async Task WhatIsLostIsFoundAgainOnce()
    {
        await using ChildProcess ours = LanLab.StartOurs(There, "lan", "--advertise", "a", "--port", "7"), browser = LanLab.StartOurs(Here, "lan", "--timeout", "900");
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
            await browser.LineAsync(LanLab.Tells("found", "b"), from, TimeSpan.FromSeconds(300));
        }
        await browser.LineAsync(LanLab.Tells("lost", "b"), from);
        Assert.That(browser.Lines(from).Where(static line => line.Contains("\"instance\":\"a\"", StringComparison.Ordinal)), Is.Empty);
        await ours.DisposeAsync();
        await browser.LineAsync(LanLab.Tells("lost", "a"), from);
        Assert.That(browser.Lines(from).Count(line => LanLab.Tells("lost", "b")(line)), Is.EqualTo(1));
    }

    [Test]
    public async Task AddressesAreReplacedAndForgotten()
    {
        const int There = 8;
        string address = $"10.77.0.{There}/24", other = $"10.77.0.{There + 100}/24", inside = LanLab.Namespace(There);
        await using ChildProcess ours = LanLab.StartOurs(There, "lan", "--advertise", "c", "--port", "7"), browser = LanLab.StartOurs(Here, "lan", "--timeout", "900");
        await browser.LineAsync(line => LanLab.Tells("found", "c")(line) || LanLab.Tells("updated", "c")(line) && Addresses(line).Count == 3);
        try
        {
            // The only one of its family.
            await LanLab.OutputAsync("ip", "-n", inside, "addr", "del", address, "dev", "eth0");
            await LanLab.OutputAsync("ip", "-n", inside, "addr", "add", other, "dev", "eth0");
            await ShowsAsync(set => set.Contains($"10.77.0.{There + 100}") && !set.Contains($"10.77.0.{There}") && set.Contains($"fd77::{There}"));
            // With the last one goes the family: nothing can be said over IPv4 any more.
            await LanLab.OutputAsync("ip", "-n", inside, "addr", "flush", "dev", "eth0", "scope", "global");
            await ShowsAsync(static set => set.Count == 1 && set.Single().StartsWith("fe80:", StringComparison.Ordinal));
        }
        finally
        {
            await LanLab.OutputAsync("ip", "-n", inside, "addr", "replace", address, "brd", "+", "dev", "eth0");
            await LanLab.OutputAsync("ip", "-n", inside, "-6", "addr", "replace", $"fd77::{There}/64", "dev", "eth0", "nodad");
        }
        await ShowsAsync(set => set.Contains($"10.77.0.{There}") && set.Contains($"fd77::{There}"));
        await ours.DisposeAsync();
        await browser.LineAsync(LanLab.Tells("lost", "c"), longest: TimeSpan.FromSeconds(60));
        Assert.That(browser.Lines(0).Count(line => LanLab.Tells("lost", "c")(line)), Is.EqualTo(1), "never in between");

        // The last step tells how it is; the life of a record is two minutes.
        Task ShowsAsync(Func<HashSet<string>, bool> isWanted) =>
            browser.LineAsync(line => LanLab.Tells("updated", "c")(line) && isWanted(Addresses(line)), longest: TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task InterfacesOfAnyIndexAreUsed()
    {
        const int One = 9, Other = 10, Index = 70011;
        await LanLab.OutputAsync("ip", "link", "add", "big0", "index", $"{Index}", "netns", LanLab.Namespace(One), "type", "veth", "peer", "name", "big0", "netns", LanLab.Namespace(Other));
        try
        {
            foreach (int host in (int[])[One, Other])
                await LanLab.OutputAsync("ip", "-n", LanLab.Namespace(host), "link", "set", "big0", "up");
            await using ChildProcess browser = LanLab.StartOurs(One, "lan", "--interface", "big0", "--timeout", "900"), ours = LanLab.StartOurs(Other, "lan", "--interface", "big0", "--advertise", "d", "--port", "7");
            string found = await browser.LineAsync(LanLab.Tells("found", "d"));
            Assert.That(Addresses(found).Single(), Does.StartWith("fe80:").And.EndsWith($"%{Index}"));
            await using ChildProcess back = LanLab.StartOurs(One, "lan", "--interface", "big0", "--advertise", "e", "--port", "7"), seen = LanLab.StartOurs(Other, "lan", "--interface", "big0", "--timeout", "900");
            await seen.LineAsync(LanLab.Tells("found", "e"));
        }
        finally
        {
            await LanLab.OutputAsync("ip", "-n", LanLab.Namespace(One), "link", "del", "big0");
        }
    }

    [Test]
    public async Task ThatNothingCanBeSentIsTold()
    {
        const int Mute = 7;
        string[] tables = ["iptables", "ip6tables"], rule = ["OUTPUT", "-p", "udp", "--dport", "5353", "-j", "DROP"];
        foreach (string table in tables)
            await LanLab.OutputAsync("ip", ["netns", "exec", LanLab.Namespace(Mute), table, "-w", "-A", .. rule]);
        try
        {
            await using ChildProcess ours = LanLab.StartOurs(Mute, "lan", "--advertise", "m", "--port", "7", "--timeout", "10"), find = LanLab.StartOurs(Mute, "find", "--mdns", "on", "--network", "mute", "--timeout", "10");
            await ours.LineAsync(static line => line.Contains("Nothing can be multicast on eth0", StringComparison.Ordinal));
            Assert.That(ours.Lines(0), Has.None.Contains("\"published\""));
            await find.LineAsync(static line => line.Contains("Nothing can be multicast on eth0", StringComparison.Ordinal));
        }
        finally
        {
            foreach (string table in tables)
                await LanLab.OutputAsync("ip", ["netns", "exec", LanLab.Namespace(Mute), table, "-w", "-D", .. rule]);
        }
    }

    private static HashSet<string> Addresses(string line) => [.. JsonDocument.Parse(line).RootElement.GetProperty("addresses").EnumerateArray().Select(static address => address.GetString()!)];

    /// <summary>Waits for a step and gives the number of the line after it.</summary>
    private static async Task<int> CountAfterAsync(ChildProcess browser, string change, int from)
    {
        await browser.LineAsync(LanLab.Tells(change, "a"), from);
        Assert.That(browser.Lines(from).Count(line => LanLab.Tells(change, "a")(line)), Is.EqualTo(1));
        return browser.LinesWritten;
    }
}
