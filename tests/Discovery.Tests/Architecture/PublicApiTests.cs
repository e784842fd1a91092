using Discovery.Simulation;
using Discovery.Tests.Support;

namespace Discovery.Tests.Architecture;

public sealed class PublicApiTests
{
    private const string Accept = "DISCOVERY_ACCEPT_API";

    [TestCase(typeof(NodeId), "PublicApi.txt")]
    [TestCase(typeof(SimulatedNetwork), "PublicApi.Simulation.txt")]
    public void ThePublicSurfaceIsTheCommittedOne(Type of, string committed)
    {
        IReadOnlyList<string> actual = PublicApi.Render(of.Assembly.GetExportedTypes());
        string path = Repository.PathOf($"tests/Discovery.Tests/Architecture/{committed}");
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllLines(path, actual);
        IReadOnlyList<string> difference = Difference(File.ReadAllLines(path), actual);
        if (difference.Count > 0)
            Assert.Fail($"""
                The public API changed:
                {string.Join('\n', difference)}
                If that is intended, run this and commit the file with the change:
                {Accept}=1 dotnet test tests/Discovery.Tests --filter {nameof(PublicApiTests)}
                """);
    }

    [Test]
    public void ADifferenceNamesTheTypeAndWhatWentAndCame() => Assert.That(
        Difference(["class A : IA", "    void M()", "    void N()", "class B", "    void M()"], ["class A : IA", "    void M()", "class B", "    void M()", "    void M(int x)"]),
        Is.EqualTo(new[] { "- class A | void N()", "+ class B | void M(int x)" }));

    [Test]
    public void SpellsWhatACallerCanSee() => Assert.That(PublicApi.Render([typeof(ApiSample<>), typeof(ApiSample<>.Kind)]), Is.EqualTo(new[]
    {
        "abstract class Discovery.Tests.Architecture.ApiSample<T> : IDisposable where T : class, new()",
        "    ApiSample(string? text = null, int number = 7)",
        "    IReadOnlyList<string?> this[int index] { get; }",
        "    Task<T?> RunAsync<TArgument>(TArgument argument, CancellationToken cancellationToken = default) where TArgument : struct",
        "    const string Name = \"n\"",
        "    event EventHandler? Changed",
        "    override string ToString()",
        "    protected abstract void Hook(ref int value, in long other, out byte[]? bytes)",
        "    required int? Size { get; init; }",
        "    static bool op_Equality(ApiSample<T> left, ApiSample<T> right)",
        "    static bool op_Inequality(ApiSample<T> left, ApiSample<T> right)",
        "    void Dispose()",
        "    void Print(params ReadOnlySpan<string> lines)",
        "enum Discovery.Tests.Architecture.ApiSample<T>.Kind : byte",
        "    First = 1",
        "    Second = 2",
    }));

    /// <summary>Members carry their type's name, so that the same member in two types stays two lines.</summary>
    private static List<string> Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        List<string> before = Flatten(expected), after = Flatten(actual);
        return [.. before.Except(after).Select(static line => "- " + line), .. after.Except(before).Select(static line => "+ " + line)];
    }

    private static List<string> Flatten(IReadOnlyList<string> lines)
    {
        string type = "";
        return [.. lines.Select(line =>
        {
            if (line.StartsWith(' '))
                return $"{type} | {line.Trim()}";
            type = line.Split(" : ")[0];
            return line;
        })];
    }
}
