using System.Text.Json;
using System.Text.Json.Serialization;

namespace Discovery.Bootstrap;

/// <summary>The content of a bootstrap file in its long form.</summary>
internal sealed record BootstrapFile(IReadOnlyList<BootstrapFileNode?>? Nodes);

/// <summary>One first contact in a bootstrap file.</summary>
internal sealed record BootstrapFileNode(string? Endpoint, string? Id, string? Region);

[JsonSerializable(typeof(BootstrapFile))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class BootstrapFileJson : JsonSerializerContext
{
    /// <summary>People write these files by hand.</summary>
    public static BootstrapFileJson Lenient { get; } = new(new JsonSerializerOptions { PropertyNameCaseInsensitive = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
}
