using System.Text.Json;

namespace Discovery.Tests.Support;

/// <summary>The conformance vectors: the folder in DISCOVERY_VECTORS, or shared/vectors beside the repository.</summary>
internal static class Vectors
{
    private const string Variable = "DISCOVERY_VECTORS";

    /// <summary>The folder of the vectors, which may be missing.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
        ? folder
        : Repository.PathOf("../shared/vectors");

    /// <summary>Reads one file, such as <c>bencode</c>; the test is ignored when the vectors are not on this machine.</summary>
    public static JsonElement Load(string name)
    {
        string path = Path.Combine(Folder, name + ".json");
        if (!File.Exists(path))
            Assert.Ignore($"{path} is missing: set {Variable} to the folder of the conformance vectors.");
        using FileStream stream = File.OpenRead(path);
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    /// <summary>The bytes of a property that holds hexadecimal digits.</summary>
    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.Text(property));

    /// <summary>The text of a property.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>The elements of a property that is a list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string property) => element.GetProperty(property).EnumerateArray();
}
