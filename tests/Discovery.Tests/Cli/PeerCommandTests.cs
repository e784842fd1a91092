using System.Text.Json;
using Discovery.Cli;
using Discovery.Cli.Commands;

namespace Discovery.Tests.Cli;

/// <summary><c>discovery node</c> and <c>discovery find</c>, as processes and in this one.</summary>
public sealed class PeerCommandTests
{
    private string _folder = null!;

    [OneTimeSetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("discovery-cli-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(CliProcess.Interrupt)]
    [TestCase(CliProcess.Terminate)]
    [TestCase(CliProcess.HangUp)]
    [Platform("Linux")]
    public async Task ANodeIsReadyThenTellsOfPeersAndLeavesCleanly(int signal)
    {
        string identity = Path.Combine(_folder, $"{signal}.pem"), state = Path.Combine(_folder, $"{signal}.state");
        using CliProcess node = CliProcess.Start("node", "--listen", "127.0.0.1:0", "--identity", identity, "--state", state, "--capability", "storage", "--region", "here", "--json");
        JsonElement ready = await node.ReadAsync();
        Assert.That(ready.EnumerateObject().Select(static member => member.Name), Is.EqualTo(new[] { "event", "id", "nodeId", "listen" }));
        Assert.That(ready.GetProperty("event").GetString(), Is.EqualTo("ready"));
        string id = ready.GetProperty("id").GetString()!, endPoint = ready.GetProperty("listen")[0].GetString()!;
        using (PeerIdentity owner = PeerIdentity.Load(identity))
            Assert.That(id, Is.EqualTo(owner.Id.ToString()));
        Assert.That(NodeId.TryParse(ready.GetProperty("nodeId").GetString(), null, out _));

        using CliProcess other = CliProcess.Start("node", "--bootstrap", endPoint, "--json");
        string otherId = (await other.ReadAsync()).GetProperty("id").GetString()!;
        CliRun found = await CliRun.OfAsync("find", "--bootstrap", endPoint, "--capability", "storage", "--count", "1", "--timeout", "180", "--json");
        Assert.Multiple(() =>
        {
            Assert.That(found.Code, Is.EqualTo(ExitCode.Success), found.Error);
            Assert.That(found.Lines, Has.Count.EqualTo(2));
            AssertPeer(found.Lines[0], id, endPoint);
            AssertResult(found.Lines[1], 1);
        });
        AssertPeer(await node.ReadPeerAsync(otherId), otherId, null);
        AssertPeer(await other.ReadPeerAsync(id), id, endPoint);

        node.Signal(signal);
        CliRun end = await node.EndAsync();
        Assert.Multiple(() =>
        {
            Assert.That(end.Code, Is.EqualTo(ExitCode.Success));
            Assert.That(end.Error, Is.EqualTo("Stopping." + Environment.NewLine));
            Assert.That(end.Lines, Has.All.Matches<JsonElement>(static line => line.GetProperty("event").GetString() == "peer"));
            Assert.That(new FileInfo(state).Length, Is.Positive);
        });
    }

    [TestCase("local-first")]
    [TestCase("balanced")]
    [TestCase("hybrid")]
    [Platform("Linux")]
    public async Task FindTakesOnlyWhoMatches(string strategy)
    {
        using CliProcess node = CliProcess.Start("node", "--listen", "127.0.0.1:0", "--capability", "storage", "--region", "here", "--json");
        JsonElement ready = await node.ReadAsync();
        string id = ready.GetProperty("id").GetString()!, endPoint = ready.GetProperty("listen")[0].GetString()!;
        using CliProcess other = CliProcess.Start("node", "--bootstrap", endPoint, "--region", "there", "--json");
        await node.ReadPeerAsync((await other.ReadAsync()).GetProperty("id").GetString()!);
        string[] find = ["find", "--bootstrap", endPoint, "--count", "1", "--strategy", strategy, "--json"];
        CliRun near = await CliRun.OfAsync([.. find, "--region", "here", "--min-reliability", "0.6", "--max-rtt", "10000", "--timeout", "180"]);
        CliRun nowhere = await CliRun.OfAsync([.. find, "--region", "nowhere", "--timeout", "1"]);
        CliRun proven = await CliRun.OfAsync([.. find, "--min-reliability", "0.9", "--timeout", "1"]);
        CliRun fast = await CliRun.OfAsync([.. find, "--max-rtt", "0.000001", "--timeout", "1"]);
        Assert.Multiple(() =>
        {
            Assert.That(near.Code, Is.EqualTo(ExitCode.Success), near.Error);
            AssertPeer(near.Lines[0], id, endPoint);
            Assert.That(new[] { nowhere.Code, proven.Code, fast.Code }, Is.All.EqualTo(ExitCode.Nothing));
        });
    }

    [Test]
    [Platform("Linux")]
    public async Task WatchingFindTellsOfEveryChangeUntilItIsStopped()
    {
        using CliProcess node = CliProcess.Start("node", "--listen", "127.0.0.1:0", "--capability", "storage", "--json");
        JsonElement ready = await node.ReadAsync();
        string id = ready.GetProperty("id").GetString()!, endPoint = ready.GetProperty("listen")[0].GetString()!;
        using CliProcess watch = CliProcess.Start("find", "--watch", "--bootstrap", endPoint, "--capability", "storage", "--json");
        AssertPeer(await watch.ReadPeerAsync(id), id, endPoint);
        using CliProcess other = CliProcess.Start("node", "--bootstrap", endPoint, "--capability", "storage", "--json");
        string otherId = (await other.ReadAsync()).GetProperty("id").GetString()!;
        AssertPeer(await watch.ReadPeerAsync(otherId), otherId, null, "storage");
        watch.Signal(CliProcess.Interrupt);
        CliRun end = await watch.EndAsync();
        Assert.Multiple(() =>
        {
            Assert.That((end.Code, end.Error), Is.EqualTo((ExitCode.Success, "Stopping." + Environment.NewLine)));
            Assert.That(end.Lines, Has.All.Matches<JsonElement>(static line => line.GetProperty("event").GetString() == "peer"));
        });
    }

    [TestCase("--json")]
    [TestCase("--read-only")]
    public async Task WatchingEndsWhenItsTimeIsUp(string option)
    {
        CliRun run = await CliRun.OfAsync("find", "--watch", "--timeout", "0.3", "--bootstrap", "127.0.0.1:9", option);
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((ExitCode.Nothing, "", "Stopping." + Environment.NewLine)));
    }

    [Test]
    public void TheResultTellsWhichLayersFailed()
    {
        using StringWriter output = new();
        DiscoveryResult found = new() { Peers = [], Elapsed = default, Strategy = DiscoveryStrategy.Hybrid, Failures = [new("local", new IOException("no multicast"))] };
        FindCommand.ShowLines(new(output), found, ["local"], TimeSpan.FromSeconds(1));
        Assert.That(output.ToString().Trim(), Is.EqualTo("""{"event":"result","found":0,"elapsedMs":1000,"sources":{"local":0},"failures":[{"layer":"local","error":"no multicast"}]}"""));
    }

    [Test]
    public async Task NobodyIsNothing()
    {
        CliRun run = await CliRun.OfAsync("find", "--timeout", "0.3", "--json", "--bootstrap", "127.0.0.1:9");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Nothing));
            AssertResult(run.Lines.Single(), 0);
        });
    }

    [TestCase("node --listen 1.2.3.4", "1.2.3.4")]
    [TestCase("node --bootstrap nowhere", "nowhere")]
    [TestCase("node --identity /dev/null", "/dev/null")]
    [TestCase("node --identity /no/such/folder/key.pem", "/no/such/folder/key.pem'")]
    [TestCase("node --state /no/such/folder/file", "/no/such/folder")]
    [TestCase("node --capability a --capability a", "capabilities")]
    [TestCase("node --network  --json", "empty")]
    [TestCase("node surplus", "surplus")]
    [TestCase("find --count 0", "--count")]
    [TestCase("find --timeout never", "never")]
    [TestCase("find --strategy fastest", "local-first, balanced or hybrid")]
    [TestCase("find --strategy 0", "local-first, balanced or hybrid")]
    [TestCase("find --min-reliability 1.1", "0 to 1")]
    [TestCase("find --min-reliability NaN", "0 to 1")]
    [TestCase("find --max-rtt 0", "milliseconds")]
    [TestCase("find --max-rtt soon", "soon")]
    [TestCase("node --watch", "--watch")]
    public async Task AWrongCommandLineIsTold(string line, string complaint)
    {
        CliRun run = await CliRun.OfAsync(line.Split(' '));
        Assert.Multiple(() =>
        {
            Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.Usage, "")));
            Assert.That(run.Error, Does.Contain(complaint).And.StartsWith("discovery: ").And.Not.Contain("   at "));
        });
    }

    private static void AssertPeer(JsonElement line, string id, string? endPoint, string? capability = null)
    {
        Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("peer"));
        Assert.That(line.GetProperty("id").GetString(), Is.EqualTo(id));
        Assert.That(line.GetProperty("endpoints")[0].GetString(), endPoint is null ? Is.Not.Empty : Is.EqualTo(endPoint));
        Assert.That(line.GetProperty("capabilities").EnumerateArray().Select(static item => item.GetString()), Is.EqualTo(endPoint is null && capability is null ? [] : new[] { "storage" }));
        Assert.That(line.GetProperty("rttMs").GetDouble(), Is.Positive);
        Assert.That(line.GetProperty("score").GetDouble(), Is.InRange(0, 1));
        Assert.That(line.GetProperty("sources").EnumerateArray().Select(static item => item.GetString()), Does.Contain("global").Or.Contain("regional").Or.Contain("neighbors"), "whichever came first");
    }

    private static void AssertResult(JsonElement line, int found)
    {
        Assert.That(line.EnumerateObject().Select(static member => member.Name), Is.EqualTo(new[] { "event", "found", "elapsedMs", "sources", "failures" }));
        Assert.That(line.GetProperty("event").GetString(), Is.EqualTo("result"));
        Assert.That(line.GetProperty("found").GetInt32(), Is.EqualTo(found));
        Assert.That(line.GetProperty("elapsedMs").GetDouble(), Is.Positive);
        Assert.That(line.GetProperty("sources").GetProperty("global").GetInt32(), Is.EqualTo(found), "a layer that found nobody is named too");
        Assert.That(line.GetProperty("failures").GetArrayLength(), Is.Zero);
    }
}
