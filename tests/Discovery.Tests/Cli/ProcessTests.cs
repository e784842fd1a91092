using Discovery.Cli;

namespace Discovery.Tests.Cli;

public sealed class ProcessTests
{
    [Test]
    public async Task ResultsAndLogsDoNotMix()
    {
        await using SmallDht dht = await SmallDht.StartAsync();
        CliRun run = await CliProcess.RunAsync("dht", "find-node", NodeId.Zero.ToString(), "--bootstrap", dht.Bootstrap.ToString(), "--json", "--log", "trace");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Success));
            Assert.That(run.Lines, Has.Count.EqualTo(8));
            Assert.That(run.Error, Does.Contain("info: DhtNode: "));
        });
    }

    [TestCase(ExitCode.Usage, "dht ping")]
    [TestCase(ExitCode.Nothing, "dht ping 127.0.0.1:9 --timeout 0.1")]
    [TestCase(ExitCode.Success, "--version")]
    public async Task ScriptsSeeTheExitCode(int code, string line) => Assert.That((await CliProcess.RunAsync(line.Split(' '))).Code, Is.EqualTo(code));

    [TestCase(CliProcess.Interrupt)]
    [TestCase(CliProcess.Terminate)]
    [Platform("Linux")]
    public async Task ASignalEndsASearchCleanly(int signal)
    {
        using CliProcess process = CliProcess.Start("dht", "ping", "127.0.0.1:9", "--json", "--log", "information");
        Assert.That(await process.Error.ReadLineAsync(), Does.StartWith("info: DhtNode: "));
        process.Signal(signal);
        CliRun run = await process.EndAsync();
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((ExitCode.Nothing, "", "Stopped." + Environment.NewLine)));
    }
}
