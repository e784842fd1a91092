using System.Text.Json;
using Discovery.Cli;
using Discovery.Kademlia;

namespace Discovery.Tests.Cli;

public sealed class DhtCommandTests
{
    private const string InfoHash = "00112233445566778899aabbccddeeff00112233";

    private SmallDht _dht = null!;
    private string _folder = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("discovery-cli-").FullName;
        _dht = await SmallDht.StartAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _dht.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task PingTellsWhoAnswers()
    {
        CliRun run = await CliRun.OfAsync("dht", "ping", _dht.Bootstrap.ToString(), "--json");
        JsonElement pong = run.Lines.Single();
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Success), run.Error);
            Assert.That(Text(pong, "event"), Is.EqualTo("pong"));
            Assert.That(Text(pong, "endpoint"), Is.EqualTo(_dht.Bootstrap.ToString()));
            Assert.That(Text(pong, "nodeId"), Is.EqualTo(_dht.Nodes[0].IdIPv4.ToString()));
            Assert.That(pong.GetProperty("rttMs").GetDouble(), Is.Positive);
        });
    }

    [Test]
    public async Task SilenceIsNothing()
    {
        CliRun run = await CliRun.OfAsync("dht", "ping", "127.0.0.1:9", "--json", "--timeout", "0.2");
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((ExitCode.Nothing, "", "Not done within 0.2 s." + Environment.NewLine)));
    }

    [Test]
    public async Task FindNodeGivesTheNearestFirst()
    {
        CliRun run = await _dht.AskAsync("find-node", InfoHash, "--json");
        NodeId target = NodeId.Parse(InfoHash);
        NodeId[] found = [.. run.Lines.Select(static line => NodeId.Parse(Text(line, "nodeId")!))];
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Success), run.Error);
            Assert.That(found, Has.Length.EqualTo(8).And.Unique);
            Assert.That(found, Is.SubsetOf(_dht.Nodes.Select(static node => node.IdIPv4!.Value)));
            Assert.That(found.Select(id => NodeId.Distance(target, id)), Is.Ordered);
            Assert.That(run.Lines.Select(static line => PeerEndPoint.Parse(Text(line, "endpoint")!)), Is.SubsetOf(_dht.Nodes.Select(static node => node.LocalEndPoints[0])));
        });
    }

    [Test]
    public async Task WhatIsAnnouncedIsFoundAndSampled()
    {
        CliRun announced = await _dht.AskAsync("announce", InfoHash, "--port", "1234", "--json");
        CliRun found = await _dht.AskAsync("get-peers", InfoHash, "--json");
        CliRun sampled = await _dht.AskAsync("sample", "--json");
        CliRun none = await _dht.AskAsync("get-peers", InfoHash.Replace('0', '1'), "--json");
        Assert.Multiple(() =>
        {
            Assert.That(announced.Code, Is.EqualTo(ExitCode.Success), announced.Error);
            AssertStored(announced, NodeId.Parse(InfoHash));
            Assert.That(announced.Lines[0].GetProperty("acknowledged").GetInt32(), Is.Positive);
            Assert.That((found.Code, found.Output), Is.EqualTo((ExitCode.Success, """{"event":"peer","endpoint":"127.0.0.1:1234"}""" + Environment.NewLine)), found.Error);
            Assert.That(sampled.Output, Does.Contain($$"""{"event":"sample","infoHash":"{{InfoHash}}"}"""));
            Assert.That((none.Code, none.Output), Is.EqualTo((ExitCode.Nothing, "")));
        });
    }

    [TestCase("hello", "hello", "68656c6c6f")]
    [TestCase("", "", "")]
    [TestCase("@é\n", "@\\u00E9\\n", "40c3a90a")]
    public async Task TextUnderItsOwnHash(string text, string json, string hex)
    {
        CliRun put = await _dht.AskAsync("put", "--value", text, "--json");
        string target = Text(put.Lines[0], "target")!;
        CliRun get = await _dht.AskAsync("get", target, "--json");
        Assert.Multiple(() =>
        {
            Assert.That((put.Code, get.Code), Is.EqualTo((ExitCode.Success, ExitCode.Success)), put.Error + get.Error);
            AssertStored(put, NodeId.Parse(target));
            Assert.That(get.Output.TrimEnd(), Is.EqualTo($$"""{"event":"item","target":"{{target}}","value":"{{json}}","seq":null,"key":null,"type":"string","valueHex":"{{hex}}"}"""));
        });
    }

    [TestCase("i-5e", "integer", "i-5e")]
    [TestCase("d1:a1:be", "dictionary", "d1:a1:be")]
    [TestCase("2:\u00ff\u00fe", "string", null)]
    public async Task OtherValuesAreShownAsTheyAre(string bencode, string type, string? text)
    {
        byte[] value = System.Text.Encoding.Latin1.GetBytes(bencode);
        DhtStored stored = await _dht.Nodes[3].PutItemAsync(FoundItem.Immutable(value));
        CliRun get = await _dht.AskAsync("get", stored.Target.ToString(), "--json");
        Assert.Multiple(() =>
        {
            Assert.That(get.Code, Is.EqualTo(ExitCode.Success), get.Error);
            Assert.That(Text(get.Lines[0], "type"), Is.EqualTo(type));
            Assert.That(Text(get.Lines[0], "value"), Is.EqualTo(text));
            Assert.That(Text(get.Lines[0], "valueHex"), Is.EqualTo(text is null ? "fffe" : Convert.ToHexStringLower(value)));
        });
    }

    [Test]
    public async Task AnOwnerReplacesItsItem()
    {
        string file = Path.Combine(_folder, "owner.pem");
        CliRun first = await PutAsync("one");
        CliRun second = await PutAsync("two", "--cas", "1");
        CliRun conflict = await PutAsync("three", "--cas", "1");
        CliRun late = await PutAsync("late", "--seq", "1");
        string key = Text(first.Lines[0], "key")!, target = Text(first.Lines[0], "target")!;
        CliRun[] reads =
        [
            await _dht.AskAsync("get", key, "--salt", "s", "--json"),
            await _dht.AskAsync("get", Convert.ToHexString(PeerId.Parse(key).ToArray()), "--salt", "s", "--json"),
            await _dht.AskAsync("get", target, "--salt", "s", "--json"),
        ];
        CliRun withoutSalt = await _dht.AskAsync("get", target, "--json");
        Assert.Multiple(() =>
        {
            Assert.That(new[] { first, second, conflict, late }.Select(static run => run.Code), Is.EqualTo(new[] { ExitCode.Success, ExitCode.Success, ExitCode.Nothing, ExitCode.Nothing }));
            Assert.That(new[] { first, second, conflict }.Select(static run => run.Lines[0].GetProperty("seq").GetInt64()), Is.EqualTo(new[] { 1, 2, 3 }));
            AssertStored(conflict, NodeId.Parse(target));
            Assert.That(conflict.Lines[0].GetProperty("acknowledged").GetInt32(), Is.Zero);
            Assert.That(conflict.Lines[0].GetProperty("errors").GetProperty("301").GetInt32(), Is.EqualTo(conflict.Lines[0].GetProperty("asked").GetInt32()));
            Assert.That(late.Lines[0].GetProperty("errors").GetProperty("302").GetInt32(), Is.Positive);
            Assert.That(reads.Select(static run => run.Output.TrimEnd()), Is.All.EqualTo(
                $$"""{"event":"item","target":"{{target}}","value":"two","seq":2,"key":"{{key}}","type":"string","valueHex":"74776f"}"""));
            Assert.That((withoutSalt.Code, withoutSalt.Output), Is.EqualTo((ExitCode.Nothing, "")));
            Assert.That(withoutSalt.Error, Does.Contain("--salt"));
        });

        Task<CliRun> PutAsync(string text, params string[] more) => _dht.AskAsync(["put", "--value", text, "--identity", file, "--salt", "s", "--json", .. more]);
    }

    [Test]
    public async Task PeopleReadTablesInWhichStrangersHaveNoCommands()
    {
        CliRun put = await _dht.AskAsync("put", "--value", "\u001b[31mred [bold]");
        string target = put.Output.Split('│', StringSplitOptions.TrimEntries).First(static cell => NodeId.TryParse(cell, null, out _));
        CliRun get = await _dht.AskAsync("get", target);
        Assert.Multiple(() =>
        {
            Assert.That(put.Output, Does.Contain("acknowledged"));
            Assert.That(get.Output, Does.Contain(@"\u{1B}[31mred [bold]").And.Not.Contain("\u001b"));
            Assert.That(get.Code, Is.EqualTo(ExitCode.Success));
        });
    }

    [Test]
    public async Task OneBootstrapHostThatCannotBeResolvedIsLeftOut()
    {
        CliRun run = await _dht.AskAsync("find-node", InfoHash, "--json", "--bootstrap", "no-such-host.invalid:1");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Success));
            Assert.That(run.Error, Does.Contain("no-such-host.invalid"));
        });
    }

    private static void AssertStored(CliRun run, NodeId target)
    {
        JsonElement stored = run.Lines[0];
        Assert.That(run.Lines, Has.Count.EqualTo(1));
        Assert.That(Text(stored, "event"), Is.EqualTo("stored"));
        Assert.That(Text(stored, "target"), Is.EqualTo(target.ToString()));
        Assert.That(stored.GetProperty("asked").GetInt32(), Is.Positive);
        Assert.That(stored.GetProperty("errors").ValueKind, Is.EqualTo(JsonValueKind.Object));
    }

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
}
