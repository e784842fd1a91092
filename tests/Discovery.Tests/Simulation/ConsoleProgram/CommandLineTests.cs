using Discovery.Simulation;
using Discovery.Simulations;

namespace Discovery.Tests.Simulation.ConsoleProgram;

public sealed class CommandLineTests
{
    [TestCase("--scenario nowhere", "'nowhere' is not a scenario: steady, ")]
    [TestCase("--nodes 1", "'1' is not a number from 2 to ")]
    [TestCase("--nodes many", "'many' is not a number from 2 to ")]
    [TestCase("--nodes 2.5", "'2.5' is not a number from 2 to ")]
    [TestCase("--nodes", "--nodes")]
    [TestCase("--lookups 0", "'0' is not a number from 1 to ")]
    [TestCase("--seed -1", "'-1' is not a number from 0 to 18446744073709551615")]
    [TestCase("--seed 18446744073709551616", "'18446744073709551616' is not a number from 0 to ")]
    [TestCase("--seeds 0", "'0' is not a number from 1 to ")]
    [TestCase("--minutes NaN", "'NaN' is not a number from 0.01 to ")]
    [TestCase("--sweep 100,1", "'1' is not a number from 2 to ")]
    [TestCase("--sweep 100,,200", "'' is not a number from 2 to ")]
    [TestCase("--sweep 100,200 --seeds 3", "choose one")]
    [TestCase("--sweep 100,200 --nodes 3", "leave '--nodes' out")]
    [TestCase("--defence maybe", "'maybe' is neither 'on' nor 'off'")]
    [TestCase("--scenario sybil-packed --minutes 5", "begin after 5 minutes")]
    [TestCase("--colour", "--colour")]
    [TestCase("steady", "steady")]
    public void AWrongCommandLineIsAnErrorOfOneLine(string args, string message)
    {
        ConsoleRun run = ConsoleRun.Of(args.Split(' '));
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Usage));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.Error, Does.StartWith("simulations: ").And.Contains(message));
            Assert.That(run.Error.TrimEnd(), Does.Not.Contain('\n'));
        });
    }

    [Test]
    public void AFolderThatCannotBeMadeIsAnErrorBeforeAnythingIsSimulated()
    {
        string file = Path.GetTempFileName();
        ConsoleRun run = ConsoleRun.Of((_, _, _, _, _) => throw new InvalidOperationException("simulated"), default, "--out", Path.Combine(file, "plots"));
        File.Delete(file);
        Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(run.Error, Does.StartWith($"simulations: nothing can be written to '{Path.Combine(file, "plots")}', which '--out' names: "));
        Assert.That(run.Error.TrimEnd(), Does.Not.Contain('\n'));
    }

    /// <summary>The folder is there, but takes no files: not even from root.</summary>
    [TestCase("/proc")]
    [TestCase("/sys")]
    [Platform("Linux")]
    public void AFolderThatTakesNoFilesIsAnErrorBeforeAnythingIsSimulated(string folder)
    {
        foreach (string[] mode in new string[][] { [], ["--seeds", "2"], ["--sweep", "100,200"] })
        {
            ConsoleRun run = ConsoleRun.Of((_, _, _, _, _) => throw new InvalidOperationException("simulated"), default, [.. mode, "--out", folder]);
            Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.Usage, "")));
            Assert.That(run.Error, Does.StartWith($"simulations: nothing can be written to '{folder}', which '--out' names: "));
        }
    }

    [Test]
    public void ADirectoryHasAName()
    {
        ConsoleRun run = ConsoleRun.Of("--out", "");
        Assert.That((run.Code, run.Error.TrimEnd()), Is.EqualTo((ExitCode.Usage, "simulations: '' is not the name of a directory, which '--out' wants.")));
    }

    [Test]
    public void WhatIsNotSaidIsTheScenariosOwn()
    {
        List<(Scenario Scenario, ulong Seed, bool IsPlain)> runs = [];
        ConsoleRun.Of((scenario, seed, isPlain, _, _) =>
        {
            runs.Add((scenario, seed, isPlain));
            return FakeReports.Create(scenario, seed, isPlain);
        });
        Scenario steady = ScenarioCatalog.Find("steady")!;
        Assert.That(runs, Is.EqualTo(new[] { (steady, 1UL, false), (steady, 1UL, true) }));
    }

    [Test]
    public void WhatIsSaidIsSimulated()
    {
        List<(Scenario Scenario, ulong Seed, bool IsPlain)> runs = [];
        ConsoleRun.Of((scenario, seed, isPlain, _, _) =>
        {
            runs.Add((scenario, seed, isPlain));
            return FakeReports.Create(scenario, seed, isPlain);
        }, default, "--scenario", "dead20", "--nodes", "77", "--lookups", "8", "--seed", "18446744073709551615", "--minutes", "0.5", "--no-plain", "--defence", "off");
        Scenario wanted = ScenarioCatalog.Find("dead20")!.WithNodes(77).WithLookups(8, TimeSpan.FromSeconds(30)).Without(Defences.All);
        Assert.That(runs, Is.EqualTo(new[] { (wanted, ulong.MaxValue, false) }));
    }

    [Test]
    public void TheListDescribesEveryScenario()
    {
        ConsoleRun text = ConsoleRun.Of("--list"), json = ConsoleRun.Of("--list", "--json");
        Assert.That((text.Code, json.Code), Is.EqualTo((ExitCode.Success, ExitCode.Success)));
        foreach (Scenario scenario in ScenarioCatalog.All)
            Assert.That(text.Output, Does.Contain(scenario.Name).And.Contains(scenario.Description));
        Assert.That(json.Json.GetProperty("scenarios").EnumerateArray().Select(static one => (one.GetProperty("name").GetString(), one.GetProperty("description").GetString())),
            Is.EqualTo(ScenarioCatalog.All.Select(static scenario => (scenario.Name, scenario.Description))));
    }
}
