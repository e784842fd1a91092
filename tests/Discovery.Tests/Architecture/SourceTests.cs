using System.Text.RegularExpressions;
using Discovery.Tests.Support;

namespace Discovery.Tests.Architecture;

public sealed partial class SourceTests
{
    private const int LineLimit = 300;

    // A file that passes 300 lines is usually two things. These are one; the reason stands beside each.
    private static readonly Dictionary<string, string> LongFiles = [];

    private static readonly string[] Files =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(static path => !path.Split('/').Any(static part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal),
    ];

    [Test]
    public void AFileIsOneThing()
    {
        Dictionary<string, int> lines = Files.ToDictionary(static path => path, static path => File.ReadLines(Repository.PathOf(path)).Count());
        Assert.That(lines, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(lines.Where(static file => file.Value > LineLimit && !LongFiles.ContainsKey(file.Key)), Is.Empty, "split it, or list it with a reason");
            Assert.That(LongFiles.Keys.Where(path => lines.GetValueOrDefault(path) <= LineLimit), Is.Empty, "listed, but not long");
        });
    }

    [Test]
    public void NothingIsUnfinishedOrSwallowed()
    {
        string[] found = [.. Files.SelectMany(static path => File.ReadLines(Repository.PathOf(path))
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(static row => Unwanted().IsMatch(row.Line))
            .Select(row => $"{path}:{row.Number}: {row.Line.Trim()}"))];
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [TestCase("    // TODO: later", true)]
    [TestCase("        throw new NotImplementedException();", true)]
    [TestCase("        catch", true)]
    [TestCase("        catch { }", true)]
    [TestCase("        catch (Exception) { }", true)]
    [TestCase("        catch (Exception)", true)]
    [TestCase("        catch (SocketException)", false)]
    [TestCase("        catch (Exception exception)", false)]
    [TestCase("        catch (Exception) when (stopping)", false)]
    [TestCase("    // what it could not catch", false)]
    public void UnwantedLinesAreSeen(string line, bool unwanted) => Assert.That(Unwanted().IsMatch(line), Is.EqualTo(unwanted));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b|^\s*\}?\s*catch\s*(\(\s*(System\.)?Exception\s*\)\s*)?(\{.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Unwanted();
}
