namespace Discovery.Tests.Support;

public sealed class ExternalTests
{
    [Test]
    public void FindsAProgramByNameAndByPath()
    {
        string found = External.Require("sh", "apt-get install -y dash");
        Assert.That(File.Exists(found), Is.True);
        Assert.That(External.Require(found, "apt-get install -y dash"), Is.EqualTo(found));
    }

    [Test]
    public void TellsWhatIsThere() => Assert.That((External.Has("sh"), External.Has("discovery-no-such-program")), Is.EqualTo((true, false)));

    [Test]
    public void AMissingProgramSkipsTheTestAndNamesTheCommand() =>
        AssertSkips(() => External.Require("discovery-no-such-program", "apt-get install -y nothing"), "apt-get install -y nothing");

    [Test]
    public void AMissingPythonModuleSkipsTheTestAndNamesTheCommand()
    {
        External.RequirePythonModule("json", "apt-get install -y python3");
        AssertSkips(() => External.RequirePythonModule("discovery_no_such_module", "apt-get install -y python3-nothing"), "apt-get install -y python3-nothing");
    }

    [Test]
    public void AMissingNodePackageSkipsTheTestAndNamesTheCommand() => AssertSkips(() => External.RequireNodePackage("discovery-no-such-package"), "npm install");

    [Test]
    public void AMissingLabFileSkipsTheTestAndNamesTheCommand() => AssertSkips(() => External.RequireLab("discovery-no-such-file"), "DISCOVERY_LAB");

    private static void AssertSkips(TestDelegate require, string command) =>
        Assert.That(Assert.Throws<IgnoreException>(require)!.Message, Does.Contain(command));
}
