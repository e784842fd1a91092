using System.Reflection;
using System.Runtime.CompilerServices;
using Discovery.Simulation;

namespace Discovery.Tests.Architecture;

public sealed class DependencyTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Test]
    public void TheLibraryNeedsOnlyTheBaseClassLibraryAndTheLoggingAbstractions() =>
        Assert.That(Foreign(typeof(NodeId).Assembly), Is.SubsetOf(new[] { "Microsoft.Extensions.Logging.Abstractions" }));

    [Test]
    public void TheTestKitNeedsOnlyTheLibraryBesides() =>
        Assert.That(Foreign(typeof(SimulatedNetwork).Assembly), Is.SubsetOf(new[] { "Discovery" }));

    [Test]
    public void ForeignAssembliesAreSeen() => Assert.That(Foreign(typeof(DependencyTests).Assembly), Is.SupersetOf(new[] { "Discovery", "nunit.framework" }));

    [TestCase(typeof(NodeId))]
    [TestCase(typeof(SimulatedNetwork))]
    public void NothingIsAsyncVoid(Type of) => Assert.That(AsyncVoid(of.Assembly), Is.Empty);

    [Test]
    public void AsyncVoidIsSeen() => Assert.That(AsyncVoid(typeof(DependencyTests).Assembly), Is.EqualTo(new[] { $"{typeof(DependencyTests)}.{nameof(Unawaitable)}" }));

    private static string[] Foreign(Assembly assembly)
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. assembly.GetReferencedAssemblies().Select(static name => name.Name!).Where(name => !File.Exists(Path.Combine(framework, name + ".dll")))];
    }

    private static string[] AsyncVoid(Assembly assembly) =>
        [.. assembly.GetTypes().SelectMany(static type => type.GetMethods(Declared))
            .Where(static method => method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            .Select(static method => $"{method.DeclaringType}.{method.Name}")];

    // Never called: what AsyncVoidIsSeen looks for.
    private static async void Unawaitable() => await Task.CompletedTask;
}
