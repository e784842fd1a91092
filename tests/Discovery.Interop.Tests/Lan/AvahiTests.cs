using System.Text.Json;
using Discovery.Interop.Tests.Support;

namespace Discovery.Interop.Tests.Lan;

/// <summary>Avahi at hosts 2 and 4, the responder of most Linux machines.</summary>
public sealed class AvahiTests
{
    private const string Name = "Büro 1. Stock: Drucker";

    /// <summary>A second of grace (RFC 6762 10.1), and some for a busy machine, instead of the two minutes or more of the records.</summary>
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(40);

    private Avahi _avahi = null!;

    [SetUp]
    public async Task StartAsync() => _avahi = await Avahi.StartAsync(2);

    [TearDown]
    public async Task StopAsync()
    {
        if (_avahi is not null)
            await _avahi.DisposeAsync();
    }

    [Test]
    public async Task ItShowsWhatWePublish()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", Name, "--service", "_discovery._udp", "--subtype", "_abc", "--port", "4444", "--txt", "k=ä", "--txt", "flag");
        await ours.LineAsync(LanLab.Tells("published", Name));
        string shown = await _avahi.ShowsAsync("our service", static line => line.StartsWith($"=;eth0;IPv4;{Avahi.Escape(Name)};_discovery._udp;local;", StringComparison.Ordinal));
        Assert.That(shown, Does.Contain(";10.77.0.1;4444;").And.Contain("\"k=\\195\\164\"").And.Contain("\"flag\""));
        await _avahi.ShowsAsync("our service by its subtype", static line => line.StartsWith("=;eth0;IPv4;", StringComparison.Ordinal), "_abc._sub._discovery._udp");
        await _avahi.ShowsAsync("it over IPv6", static line => line.StartsWith("=;eth0;IPv6;", StringComparison.Ordinal));
    }

    [Test]
    public async Task ItShowsAPeerOfOurs()
    {
        await using ChildProcess node = LanLab.StartOurs(1, "node", "--mdns", "on", "--network", "avahi-test");
        string id = JsonDocument.Parse(await node.LineAsync(static line => line.Contains("\"ready\"", StringComparison.Ordinal))).RootElement.GetProperty("id").GetString()!;
        string topic = NetworkTopic.ForNetwork("avahi-test").ToString();
        string shown = await _avahi.ShowsAsync("the peer", line => line.StartsWith($"=;eth0;IPv4;{id[..16]};", StringComparison.Ordinal), $"_{topic[..16]}._sub._discovery._udp");
        Assert.That(shown, Does.Contain($"\"id={id}\"").And.Contain($"\"net={topic}\"").And.Contain("\"txtvers=1\"").And.Contain($"{id[..16]}.local"));
    }

    [Test]
    public async Task WeShowWhatItPublishesAndWithdraws()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--timeout", "900");
        _avahi.Publish("a", Name, 1234, text: ["a=ü", "flag", "empty="]);
        string found = await ours.LineAsync(LanLab.Tells("found", Name));
        JsonElement text = JsonDocument.Parse(found).RootElement.GetProperty("txt");
        Assert.That((text.GetProperty("a").GetString(), text.GetProperty("flag").ValueKind, text.GetProperty("empty").GetString()), Is.EqualTo(("ü", JsonValueKind.Null, "")));
        Assert.That(found, Does.Contain("\"port\":1234").And.Contain("\"type\":\"_discovery._udp\""));
        _avahi.Withdraw("a");
        await ours.LineAsync(LanLab.Tells("lost", Name), longest: s_atOnce);
    }

    [Test]
    public async Task OurGoodbyeLeavesItsCacheAtOnce()
    {
        string[] families = ["IPv4", "IPv6"];
        await using ChildProcess browse = LanLab.StartAvahi(2, "stdbuf", "-oL", "avahi-browse", "-p", "_discovery._udp");
        await using (ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", Name, "--port", "4444"))
            foreach (string family in families)
                await browse.LineAsync(line => line.StartsWith($"+;eth0;{family};{Avahi.Escape(Name)};", StringComparison.Ordinal));
        foreach (string family in families)
            await browse.LineAsync(line => line.StartsWith($"-;eth0;{family};{Avahi.Escape(Name)};", StringComparison.Ordinal), longest: s_atOnce);
        Assert.That(await _avahi.BrowseAsync(), Has.None.Contains(Avahi.Escape(Name)), "nor is it found by whoever looks now");
    }

    [Test]
    public async Task WeTakeAnotherNameWhereItHasOurs()
    {
        _avahi.Publish("a", Name, 1234);
        await _avahi.ShowsAsync("its service", static line => line.StartsWith("=", StringComparison.Ordinal));
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", Name, "--port", "4444");
        await ours.LineAsync(LanLab.Tells("published", $"{Name} (2)"));
        await _avahi.ShowsAsync("both", static line => line.StartsWith($"=;eth0;IPv4;{Avahi.Escape(Name + " (2)")};", StringComparison.Ordinal));
        await _avahi.ShowsAsync("both", static line => line.StartsWith($"=;eth0;IPv4;{Avahi.Escape(Name)};", StringComparison.Ordinal));
    }

    [Test]
    public async Task ItTakesAnotherNameWhereWeHaveIts()
    {
        await using ChildProcess ours = LanLab.StartOurs(1, "lan", "--advertise", Name, "--port", "4444");
        await ours.LineAsync(LanLab.Tells("published", Name));
        _avahi.Publish("a", Name, 1234);
        await _avahi.ShowsAsync("its own by another name", static line => line.StartsWith($"=;eth0;IPv4;{Avahi.Escape(Name + " #2")};", StringComparison.Ordinal));
        await _avahi.ShowsAsync("ours", static line => line.StartsWith($"=;eth0;IPv4;{Avahi.Escape(Name)};", StringComparison.Ordinal) && line.Contains(";4444;", StringComparison.Ordinal));
    }

    [Test]
    public async Task BothWorkOnOneHost()
    {
        await using Avahi remote = await Avahi.StartAsync(4);
        remote.Publish("r", "remote", 1);
        _avahi.Publish("l", "local", 2);
        await using ChildProcess ours = LanLab.StartOurs(2, "lan", "--advertise", "ours", "--port", "3"), browser = LanLab.StartOurs(2, "lan", "--timeout", "900"), far = LanLab.StartOurs(1, "lan", "--timeout", "900");
        await ours.LineAsync(LanLab.Tells("published", "ours"));
        foreach (string name in (string[])["remote", "local", "ours"])
        {
            await browser.LineAsync(LanLab.Tells("found", name));
            await far.LineAsync(LanLab.Tells("found", name));
            await _avahi.ShowsAsync(name, line => line.StartsWith($"=;eth0;IPv4;{name};", StringComparison.Ordinal));
            await remote.ShowsAsync(name, line => line.StartsWith($"=;eth0;IPv4;{name};", StringComparison.Ordinal));
        }
    }
}
