using System.Text.Json;
using Discovery.Cli;

namespace Discovery.Tests.Cli;

/// <summary>What a node notices by itself, what it tells of its health, and what it keeps.</summary>
public sealed class UpkeepCommandTests
{
    private string _folder = null!;

    [OneTimeSetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("discovery-upkeep-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    [Platform("Linux")]
    public async Task AKilledNodeIsLostAndTheOthersAreKept()
    {
        const int kill = 9; // SIGKILL
        string state = Path.Combine(_folder, "state");
        using CliProcess node = CliProcess.Start("node", "--listen", "127.0.0.1:0", "--state", state, "--sample-interval", "3", "--health-interval", "1", "--json");
        string endPoint = (await node.ReadAsync()).GetProperty("listen")[0].GetString()!;
        using CliProcess stays = CliProcess.Start("node", "--bootstrap", endPoint, "--capability", "stays", "--json");
        string stayId = (await stays.ReadAsync()).GetProperty("id").GetString()!;
        using CliProcess dies = CliProcess.Start("node", "--bootstrap", endPoint, "--capability", "dies", "--json");
        string deadId = (await dies.ReadAsync()).GetProperty("id").GetString()!;
        HashSet<string> known = [];
        while (known.Count < 2)
        {
            JsonElement line = await node.ReadAsync();
            if (line.GetProperty("event").GetString() == "peer" && line.GetProperty("change").GetString() != "lost")
                known.Add(line.GetProperty("id").GetString()!);
        }
        Assert.That(known, Is.EquivalentTo(new[] { stayId, deadId }));

        dies.Signal(kill);
        JsonElement lost;
        do
            lost = await node.ReadPeerAsync(deadId);
        while (lost.GetProperty("change").GetString() != "lost");
        JsonElement health;
        do
            health = await node.ReadAsync();
        while (health.GetProperty("event").GetString() != "health");
        Assert.Multiple(() =>
        {
            Assert.That(lost.GetProperty("reason").GetString(), Is.EqualTo("dead"));
            Assert.That(health.GetProperty("status").GetString(), Is.EqualTo("healthy"));
            Assert.That(health.GetProperty("known").GetInt32(), Is.EqualTo(1));
            Assert.That(health.GetProperty("alive").GetInt32(), Is.EqualTo(1));
            Assert.That(health.GetProperty("dhtActive").GetBoolean(), Is.True);
            Assert.That(health.GetProperty("reachability").GetString(), Is.EqualTo("reachable"));
            Assert.That(health.GetProperty("sentPerMinute").GetDouble(), Is.Positive);
            Assert.That(health.GetProperty("parts").EnumerateArray().Select(static part => part.GetProperty("name").GetString()), Is.EqualTo(new[] { "file", "global" }));
        });

        node.Signal(CliProcess.Terminate);
        Assert.That((await node.EndAsync()).Code, Is.EqualTo(ExitCode.Success));
        CliRun kept = await CliRun.OfAsync("peers", "--state", state, "--json");
        Assert.Multiple(() =>
        {
            Assert.That(kept.Code, Is.EqualTo(ExitCode.Success), kept.Error);
            Assert.That(kept.Lines[0].GetProperty("id").GetString(), Is.EqualTo(stayId), "the best first");
            Assert.That(kept.Lines[^1].GetProperty("found").GetInt32(), Is.EqualTo(2), "also whoever is looked for");
            Assert.That(kept.Lines[^1].GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
        });

        // Without a bootstrap host: what was kept is enough.
        using CliProcess again = CliProcess.Start("node", "--listen", "127.0.0.1:0", "--state", state, "--json");
        await again.ReadAsync();
        Assert.That((await again.ReadPeerAsync(stayId)).GetProperty("change").GetString(), Is.EqualTo("discovered"));
    }

    [Test]
    public async Task ADamagedStoreIsTold()
    {
        string state = Path.Combine(_folder, "damaged");
        await File.WriteAllTextAsync(state + ".peers", "no store");
        CliRun run = await CliRun.OfAsync("peers", "--state", state, "--json");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Nothing));
            Assert.That(run.Lines.Single().GetProperty("problem").GetString(), Is.Not.Empty);
            Assert.That(run.Error, Is.Not.Empty);
        });
    }

    [Test]
    public async Task AStoreThatIsNoFileIsTold([Values] bool isJson)
    {
        string state = Path.Combine(_folder, $"folder-{isJson}");
        Directory.CreateDirectory(state + ".peers");
        await AssertNothingIsReadAsync(state, isJson, "not a regular file");
    }

    [Test]
    [Platform("Linux")]
    public async Task AStateThatHoldsNothingIsTold([Values] bool isJson) => await AssertNothingIsReadAsync("/dev/null", isJson, "holds nothing");

    private static async Task AssertNothingIsReadAsync(string state, bool isJson, string problem)
    {
        CliRun run = await CliRun.OfAsync(["peers", "--state", state, .. isJson ? (string[])["--json"] : []]);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Nothing));
            Assert.That(run.Error, Does.Contain(problem));
            if (isJson)
                Assert.That(run.Lines.Single().GetProperty("problem").GetString(), Does.Contain(problem));
        });
    }

    [Test]
    public async Task WhatIsNoStateIsNotOverwritten()
    {
        string state = Path.Combine(_folder, "letter");
        await File.WriteAllTextAsync(state, "Dear reader");
        foreach (string command in (string[])["node", "find"])
        {
            CliRun run = await CliRun.OfAsync(command, "--listen", "127.0.0.1:0", "--state", state, "--json");
            Assert.That((run.Code, run.Output, run.Error.Trim()), Is.EqualTo((ExitCode.Usage, "", $"discovery: '{state}' is not the state of a node, and is left as it is.")));
        }
        Assert.That(await File.ReadAllTextAsync(state), Is.EqualTo("Dear reader"));
        Assert.That(File.Exists(state + ".peers"), Is.False);
    }

    [TestCase("peers", "--state")]
    [TestCase("peers --state /", "'/' is a folder")]
    [TestCase("node --listen 127.0.0.1:0 --state /tmp", "'/tmp' is not a regular file")]
    [TestCase("node --listen 127.0.0.1:0 --state /dev/null", "'/dev/null' is not a regular file")]
    [TestCase("peers --state /no/such/state", "/no/such/state")]
    [TestCase("node --health-interval never", "never")]
    [TestCase("node --sample-interval 0", "--sample-interval")]
    public async Task AWrongCommandLineIsTold(string line, string complaint)
    {
        CliRun run = await CliRun.OfAsync(line.Split(' '));
        Assert.That((run.Code, run.Error.Contains(complaint, StringComparison.Ordinal)), Is.EqualTo((ExitCode.Usage, true)), run.Error);
    }
}
