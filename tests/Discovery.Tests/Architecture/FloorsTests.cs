using System.CodeDom.Compiler;
using System.Runtime.CompilerServices;

namespace Discovery.Tests.Architecture;

public sealed class FloorsTests
{
    private IReadOnlyDictionary<string, IReadOnlySet<string>> _folders = null!;
    private HashSet<TypeUse> _uses = null!;

    [OneTimeSetUp]
    public void Read()
    {
        using CompiledLibrary library = new(typeof(NodeId).Assembly.Location, "/src/Discovery/");
        _folders = library.Folders;
        _uses = library.ReadUses();
    }

    [Test]
    public void NothingReachesUpwardOrSideways()
    {
        List<string> violations = Floors.Violations(_uses);
        Assert.That(violations, Is.Empty, string.Join('\n', violations));
    }

    [Test]
    public void EveryTypeLivesInOneKnownRoom()
    {
        string[] lost = [.. typeof(NodeId).Assembly.GetTypes()
            .Where(static type => !type.IsNested && !IsGenerated(type))
            .Select(static type => type.FullName!)
            .Where(name => !_folders.TryGetValue(name, out IReadOnlySet<string>? folders) || folders.Count != 1 || !Floors.Has(folders.Single()))];
        Assert.That(lost, Is.Empty);
    }

    [Test]
    public void APublicTypeIsInTheRootNamespaceOrInThatOfItsRoom()
    {
        string[] strays = [.. typeof(NodeId).Assembly.GetExportedTypes()
            .Where(static type => !type.IsNested)
            .Where(type => type.Namespace != "Discovery" && type.Namespace != $"Discovery.{_folders[type.FullName!].Single()}")
            .Select(static type => type.FullName!)];
        Assert.That(strays, Is.Empty);
    }

    // The rule above holds of nothing if the reader finds nothing, so here are uses that are known to be there.
    [TestCase("Discovery.Transports.IDatagramTransport", "Transports", "Discovery.PeerEndPoint", "Primitives")]
    [TestCase("Discovery.Transports.IDatagramTransport", "Transports", "Discovery.Transports.IDatagramReceiver", "Transports")]
    [TestCase("Discovery.PeerId", "Cryptography", "Discovery.ZBase32", "Primitives")]
    [TestCase("Discovery.SignedItem", "Cryptography", "Discovery.Encoding.Bencode", "Encoding")]
    [TestCase("Discovery.CryptographyUnavailableException", "Cryptography", "Discovery.DiscoveryException", "Primitives")]
    public void FindsTheUsesInTheCompiledLibrary(string from, string fromFolder, string to, string toFolder) =>
        Assert.That(_uses, Does.Contain(new TypeUse(from, fromFolder, to, toFolder)));

    [TestCase("Primitives", "Encoding", Description = "upward")]
    [TestCase("Primitives", "Service", Description = "upward, far")]
    [TestCase("Kademlia", "Peers", Description = "sideways")]
    [TestCase("Primitives", "Diagnostics", Description = "sideways, on the ground floor")]
    [TestCase("Layers", "Bootstrap", Description = "sideways, under the roof")]
    [TestCase("Limits", "", Description = "upward, to the contracts")]
    [TestCase("", "Transports", Description = "upward, from the contracts")]
    [TestCase("Service", "Helpers", Description = "to a room that is not in the house")]
    [TestCase("Helpers", "Primitives", Description = "from a room that is not in the house")]
    public void ReportsAForbiddenUse(string from, string to) =>
        Assert.That(Floors.Violations([new("A", from, "B", to)]), Has.Count.EqualTo(1).And.One.Contains("A (").And.One.Contains("-> B ("));

    [TestCase("Service", "Primitives")]
    [TestCase("Cryptography", "Encoding")]
    [TestCase("", "Cryptography")]
    [TestCase("Kademlia", "")]
    [TestCase("Kademlia", "Kademlia")]
    public void AllowsADownwardUse(string from, string to) => Assert.That(Floors.Violations([new("A", from, "B", to)]), Is.Empty);

    [Test]
    public void SeesEveryWayOfNamingAType()
    {
        const string Samples = "Discovery.Tests.Architecture.UseSamples.";
        using CompiledLibrary tests = new(typeof(FloorsTests).Assembly.Location, "/tests/Discovery.Tests/");
        string[] targets = [Samples + "Target", Samples + "ITarget", Samples + "TargetAttribute"];
        string[] users = [.. tests.ReadUses().Where(use => targets.Contains(use.To)).Select(static use => use.From)];
        string[] expected = [.. tests.Folders.Keys.Where(static name => name.StartsWith(Samples + "By", StringComparison.Ordinal) && name != Samples + "ByNothing")];
        Assert.That(expected, Has.Length.EqualTo(18));
        Assert.That(users, Is.EquivalentTo(expected));
        Assert.That(tests.Folders, Does.ContainKey(Samples + "ByNothing"), "an enum has no code, only its documents");
    }

    private static bool IsGenerated(Type type) =>
        type.Name.StartsWith('<')
        || type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || type.IsDefined(typeof(GeneratedCodeAttribute), false)
        || type.CustomAttributes.Any(static attribute => attribute.AttributeType.FullName == "Microsoft.CodeAnalysis.EmbeddedAttribute");
}
