using System.Text.Json;
using System.Xml.Linq;
using Discovery.Simulation;
using Discovery.Simulations;
using Discovery.Tests.Support;

namespace Discovery.Tests.Simulation.ConsoleProgram;

public sealed class ConsoleReportTests
{
    private static readonly string[] s_figures = ["history", "lookups", "expired", "success", "recall", "calmLookups", "calmRecall", "latencyMs", "completeMs", "hops", "messagesPerLookup", "bytesPerNode", "datagrams", "datagramsPerSecond", "wallSeconds", "broken"];

    [Test]
    public void TheObjectHasAllThatScriptsRead()
    {
        ConsoleRun run = ConsoleRun.Of("--scenario", "dead20", "--nodes", "1024", "--seed", "7", "--json");
        JsonElement json = run.Json;
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Success), run.Error);
            Assert.That(run.Output.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(json.EnumerateObject().Select(static property => property.Name), Is.SupersetOf(s_figures.Concat(["seed", "nodes", "scenario", "plain", "plainRatio", "interrupted"])));
            Assert.That(json.GetProperty("plain").EnumerateObject().Select(static property => property.Name), Is.EquivalentTo(s_figures));
            Assert.That(json.GetProperty("seed").GetUInt64(), Is.EqualTo(7));
            Assert.That(json.GetProperty("nodes").GetInt32(), Is.EqualTo(1024));
            Assert.That(json.GetProperty("scenario").GetString(), Is.EqualTo("dead20"));
            Assert.That(json.GetProperty("defence").GetString(), Is.EqualTo("on"));
            Assert.That(ConsoleRun.Of("--defence", "off", "--json").Json.GetProperty("defence").GetString(), Is.EqualTo("off"));
            Assert.That(json.GetProperty("history").GetString(), Is.EqualTo("fedcba9876543217"));
            Assert.That(json.GetProperty("success").GetDouble(), Is.EqualTo(0.75));
            Assert.That(json.GetProperty("expired").GetInt32(), Is.EqualTo(1));
            Assert.That(json.GetProperty("calmRecall").GetDouble(), Is.EqualTo(0.995));
            Assert.That(json.GetProperty("calmLookups").GetInt32(), Is.EqualTo(126));
            Assert.That(Quantiles(json, "latencyMs"), Is.EqualTo((20.0, 30.0, 50.0)));
            Assert.That(Quantiles(json.GetProperty("plain"), "latencyMs"), Is.EqualTo((40.0, 60.0, 200.0)));
            Assert.That(Quantiles(json, "plainRatio"), Is.EqualTo((2.0, 2.0, 4.0)));
            Assert.That(json.GetProperty("hops").GetDouble(), Is.EqualTo(10));
            Assert.That(json.GetProperty("datagramsPerSecond").GetDouble(), Is.EqualTo(300_000.5));
            Assert.That(json.GetProperty("broken").GetArrayLength(), Is.Zero);
            Assert.That(json.GetProperty("peakBytes").GetInt64(), Is.Positive);
        });
    }

    [Test]
    public void EveryFieldIsDescribed()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        ConsoleRun one = ConsoleRun.Of(Breaking(1), default, "--json", "--out", folder), sweep = ConsoleRun.Of("--sweep", "64,128,256", "--json"), seeds = ConsoleRun.Of("--seeds", "2", "--json");
        JsonElement file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "steady.json"))).RootElement;
        Directory.Delete(folder, recursive: true);
        string description = File.ReadAllText(Path.Combine(Repository.Root, "benchmarks", "README.md"));
        Assert.That(new[] { one.Json, sweep.Json, seeds.Json, file }.SelectMany(Names).Distinct().Where(name => !description.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty);

        static IEnumerable<string> Names(JsonElement json) => json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().SelectMany(static property => Names(property.Value).Prepend(property.Name)),
            JsonValueKind.Array => json.EnumerateArray().SelectMany(Names),
            _ => [],
        };
    }

    [Test]
    public void WhatIsNoNumberIsNull()
    {
        ConsoleRun run = ConsoleRun.Of(static (scenario, seed, _, _, _) => FakeReports.CreateEmpty(scenario, seed), default, "--json");
        JsonElement json = run.Json;
        Assert.That(run.Code, Is.EqualTo(ExitCode.Success));
        foreach (string name in new[] { "success", "recall", "calmRecall", "hops", "messagesPerLookup", "datagramsPerSecond" })
            Assert.That(json.GetProperty(name).ValueKind, Is.EqualTo(JsonValueKind.Null), name);
        Assert.That(json.GetProperty("latencyMs").GetProperty("p50").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(json.GetProperty("plainRatio").GetProperty("p99").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("--nodes 300")]
    [TestCase("--nodes 300 --no-plain")]
    [TestCase("--sweep 300,400")]
    [TestCase("--seeds 2")]
    public void WithoutLookupsTheSummarySaysSo(string args)
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        ConsoleRun run = ConsoleRun.Of(static (scenario, seed, _, _, _) => FakeReports.CreateEmpty(scenario, seed), default, [.. args.Split(' '), "--out", folder]);
        Assert.That((run.Code, run.Error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(run.Output, Does.Contain("no lookups").And.Not.Contains("NaN"));
        foreach (string file in Directory.GetFiles(folder))
            Assert.That(File.ReadAllText(file), Does.Not.Contain("NaN"), file);
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void TheSummaryTellsBothKindsOfRecallAndWhatHadExpired()
    {
        string[] lines = ConsoleRun.Of("--nodes", "300").Output.Split('\n');
        Assert.That(lines, Has.One.Contains("of the nearest nodes found").And.One.Contains("of the nearest, when calm").And.One.Contains("of expired keys"));
        Assert.That(lines.Single(static line => line.Contains("nearest, when calm", StringComparison.Ordinal)), Does.Contain("99.50 %"));
    }

    [Test]
    public void ABrokenInvariantIsAnExitCodeAndALine()
    {
        ConsoleRun run = ConsoleRun.Of(Breaking(5), default, "--seed", "5", "--json"), other = ConsoleRun.Of(Breaking(5), default, "--seed", "6", "--json");
        JsonElement broken = run.Json.GetProperty("broken").EnumerateArray().Single();
        Assert.Multiple(() =>
        {
            Assert.That((run.Code, other.Code), Is.EqualTo((ExitCode.Broken, ExitCode.Success)));
            Assert.That(run.Error, Does.Contain("seed 5").And.Contains("no lookup runs for ever").And.Contains("n12").And.Contains(".WithNodes(16)"), "the smallest scenario is shown");
            Assert.That(broken.GetProperty("invariant").GetString(), Is.EqualTo("no lookup runs for ever"));
            Assert.That(broken.GetProperty("atSeconds").GetDouble(), Is.EqualTo(90));
            Assert.That(broken.GetProperty("detail").GetString(), Is.EqualTo("n12"));
        });
    }

    [Test]
    public void ManySeedsTellWhichBrokeAnInvariant()
    {
        ConsoleRun json = ConsoleRun.Of(Breaking(12), default, "--seed", "10", "--seeds", "5", "--json"), text = ConsoleRun.Of(Breaking(12), default, "--seed", "10", "--seeds", "5");
        ConsoleRun well = ConsoleRun.Of("--seed", "10", "--seeds", "5", "--json");
        Assert.Multiple(() =>
        {
            Assert.That((json.Code, text.Code, well.Code), Is.EqualTo((ExitCode.Broken, ExitCode.Broken, ExitCode.Success)));
            Assert.That(json.Json.GetProperty("seeds").GetInt32(), Is.EqualTo(5));
            Assert.That(json.Json.GetProperty("brokenSeeds").EnumerateArray().Select(static seed => seed.GetUInt64()), Is.EqualTo(new[] { 12UL }));
            Assert.That(json.Json.GetProperty("broken").GetArrayLength(), Is.EqualTo(1));
            Assert.That(json.Json.GetProperty("lookups").GetInt32(), Is.EqualTo(25));
            Assert.That(json.Json.GetProperty("success").GetDouble(), Is.EqualTo(0.75).Within(1e-9));
            Assert.That(Quantiles(json.Json, "latencyMs"), Is.EqualTo((20.0, 50.0, 50.0)));
            Assert.That(json.Json.GetProperty("bytesPerNode").ValueKind, Is.EqualTo(JsonValueKind.Null), "not measured");
            Assert.That(well.Json.GetProperty("history").GetString(), Is.EqualTo(json.Json.GetProperty("history").GetString()), "whatever the order in which they ended");
            Assert.That(text.Output.TrimEnd(), Does.EndWith("1 of 5 seeds broke an invariant"));
        });
    }

    [Test]
    public void ASweepHasEverySizeAndTheLineThroughThem()
    {
        ConsoleRun run = ConsoleRun.Of("--sweep", "4096,1024,256,1024", "--json");
        JsonElement json = run.Json;
        Assert.Multiple(() =>
        {
            Assert.That(json.GetProperty("sweep").EnumerateArray().Select(static one => one.GetProperty("nodes").GetInt32()), Is.EqualTo(new[] { 256, 1024, 4096 }));
            Assert.That(json.GetProperty("nodes").GetInt32(), Is.EqualTo(4096));
            Assert.That(json.GetProperty("hopsFit").GetProperty("perDoubling").GetDouble(), Is.EqualTo(1).Within(1e-9));
            Assert.That(json.GetProperty("messagesFit").GetProperty("constant").GetDouble(), Is.EqualTo(10).Within(1e-9));
            Assert.That(json.GetProperty("messagesFit").GetProperty("r2").GetDouble(), Is.EqualTo(1).Within(1e-9));
            Assert.That(ConsoleRun.Of("--sweep", "256,1024,4096").Output, Does.Contain("hops: 0 + 1·log₂ n"));
        });
    }

    [Test]
    public void AnInterruptionLeavesWhatWasMeasured()
    {
        using CancellationTokenSource stopping = new();
        SimulationReport Simulate(Scenario scenario, ulong seed, bool isPlain, IProgress<SimulationProgress>? progress, CancellationToken token)
        {
            if (isPlain || scenario.Nodes > 300)
                stopping.Cancel();
            token.ThrowIfCancellationRequested();
            return FakeReports.Create(scenario, seed, isPlain);
        }
        ConsoleRun plain = ConsoleRun.Of(Simulate, stopping.Token, "--nodes", "300", "--json");
        Assert.That((plain.Code, plain.Error.TrimEnd()), Is.EqualTo((ExitCode.Interrupted, "simulations: interrupted")));
        Assert.That(plain.Json.GetProperty("plain").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(plain.Json.GetProperty("interrupted").GetBoolean(), Is.True);

        ConsoleRun nothing = ConsoleRun.Of(Simulate, stopping.Token, "--seeds", "3", "--json");
        Assert.That((nothing.Code, nothing.Output), Is.EqualTo((ExitCode.Interrupted, "")));
    }

    [TestCase("--json")]
    [TestCase("--nodes 400 --json")]
    [TestCase("--sweep 400,500 --json")]
    [TestCase("--seeds 3 --json")]
    public void WhatIsInterruptedBeforeAnythingWasMeasuredSaysSo(string args)
    {
        using CancellationTokenSource stopping = new();
        ConsoleRun run = ConsoleRun.Of((_, _, _, _, token) =>
        {
            stopping.Cancel();
            throw new OperationCanceledException(token);
        }, stopping.Token, args.Split(' '));
        Assert.That((run.Code, run.Output, run.Error.TrimEnd()), Is.EqualTo((ExitCode.Interrupted, "", "simulations: interrupted before anything was measured")));
    }

    [TestCase("--nodes 300")]
    [TestCase("--seeds 3")]
    public void AFailureOfTheSimulatorIsNotTakenForAFinding(string args)
    {
        ConsoleRun run = ConsoleRun.Of(static (_, _, _, _, _) => throw new InvalidTimeZoneException("mistake"), default, args.Split(' '));
        Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.Broken, "")));
        Assert.That(run.Error, Does.StartWith("simulations: the simulator has failed: ").And.Contains("mistake").And.Contains(nameof(InvalidTimeZoneException)));
    }

    [Test]
    public void WhatDoesNotFitIntoMemoryIsALine()
    {
        ConsoleRun run = ConsoleRun.Of(static (_, _, _, _, _) => throw new OutOfMemoryException(), default, "--nodes", "10000000");
        Assert.That((run.Code, run.Output, run.Error.TrimEnd().Split('\n').Length), Is.EqualTo((ExitCode.Broken, "", 1)));
    }

    [Test]
    public void ReportsAndPlotsGoToAFolder()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            ConsoleRun one = ConsoleRun.Of("--scenario", "mass-kill", "--out", folder), sweep = ConsoleRun.Of("--sweep", "100,200,400", "--out", folder), seeds = ConsoleRun.Of("--seeds", "3", "--out", folder);
            Assert.That((one.Code, sweep.Code, seeds.Code), Is.EqualTo((ExitCode.Success, ExitCode.Success, ExitCode.Success)), one.Error + sweep.Error + seeds.Error);
            Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName), Is.EquivalentTo(new[]
            {
                "mass-kill.json", "mass-kill-latency.svg", "mass-kill-hops.svg", "mass-kill-success.svg", "steady-sweep.json", "steady-sweep-hops.svg", "steady-sweep-messages.svg", "steady-seeds.json",
            }));
            JsonElement report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "mass-kill.json"))).RootElement;
            Assert.That(report.GetProperty("hopCounts").EnumerateArray().Select(static count => count.GetInt32()), Is.EqualTo(new[] { 0, 3, 1 }));
            Assert.That(report.GetProperty("timeline")[1].GetProperty("success").ValueKind, Is.EqualTo(JsonValueKind.Null));
            foreach (string file in Directory.GetFiles(folder, "*.svg"))
                Assert.That(XDocument.Load(file).Root!.Name.LocalName, Is.EqualTo("svg"));
            Assert.That(File.ReadAllText(Path.Combine(folder, "mass-kill-success.svg")), Does.Contain(">mass kill<"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void TheProgramRunsTheSimulatorItself()
    {
        using StringWriter output = new(), error = new();
        int code = SimulationsCommand.Run(["--nodes", "100", "--lookups", "50", "--minutes", "0.5", "--json"], output, error);
        JsonElement json = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.That((code, error.ToString()), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(json.GetProperty("success").GetDouble(), Is.EqualTo(1));
        Assert.That(json.GetProperty("plain").GetProperty("lookups").GetInt32(), Is.EqualTo(50));
    }

    private static Simulate Breaking(ulong seed) => (scenario, its, isPlain, _, _) => FakeReports.Create(scenario, its, isPlain) with
    {
        Broken = its == seed && !isPlain ? [new("no lookup runs for ever", TimeSpan.FromSeconds(90), "n12")] : [],
    };

    private static (double P50, double P90, double P99) Quantiles(JsonElement json, string name) =>
        (json.GetProperty(name).GetProperty("p50").GetDouble(), json.GetProperty(name).GetProperty("p90").GetDouble(), json.GetProperty(name).GetProperty("p99").GetDouble());
}
