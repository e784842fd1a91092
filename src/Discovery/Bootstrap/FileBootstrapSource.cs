using System.Runtime.CompilerServices;
using System.Text.Json;
using Discovery.Bootstrap;

namespace Discovery;

/// <summary>First contacts from a JSON file, read anew each time contacts are needed.</summary>
/// <remarks>
/// Either an object or a plain array; <c>id</c> (z-base-32 or hexadecimal) and <c>region</c> may be left out, other properties are ignored, comments and trailing commas are allowed:
/// <code>
/// { "nodes": [ { "endpoint": "node.example:6881", "id": "…", "region": "aws:us-east-1" } ] }
/// [ "node.example:6881", "[2001:db8::1]:6881" ]
/// </code>
/// </remarks>
public sealed class FileBootstrapSource : IBootstrapSource
{
    private readonly string _path;

    /// <summary>Notes the path; the file is not looked at yet and may come into being later.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public FileBootstrapSource(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
    }

    /// <summary><c>file</c></summary>
    public string Name => "file";

    /// <inheritdoc/>
    /// <exception cref="BootstrapException">The file is missing, unreadable or malformed; the message names it, and the place in it. Nothing was yielded then.</exception>
    public async IAsyncEnumerable<BootstrapNode> GetNodesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (BootstrapNode node in Parse(await ReadAsync(cancellationToken).ConfigureAwait(false)))
            yield return node;
    }

    private async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(_path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BootstrapException($"Bootstrap file '{_path}' cannot be read: {exception.Message}", exception);
        }
    }

    private BootstrapNode[] Parse(byte[] file)
    {
        ReadOnlySpan<byte> json = file;
        if (json.StartsWith("\uFEFF"u8))
            json = json["\uFEFF"u8.Length..];
        try
        {
            IReadOnlyList<BootstrapFileNode?>? nodes = IsArray(json)
                ? [.. (JsonSerializer.Deserialize(json, BootstrapFileJson.Lenient.StringArray) ?? []).Select(static hostPort => new BootstrapFileNode(hostPort, null, null))]
                : JsonSerializer.Deserialize(json, BootstrapFileJson.Lenient.BootstrapFile)?.Nodes;
            return nodes is null ? throw new BootstrapException($"Bootstrap file '{_path}' has no array 'nodes'.") : [.. nodes.Select(ToNode)];
        }
        catch (JsonException exception)
        {
            throw new BootstrapException($"Bootstrap file '{_path}', line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {exception.Message}", exception);
        }
    }

    // The first token, behind blanks and comments.
    private static bool IsArray(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip });
        return reader.Read() && reader.TokenType == JsonTokenType.StartArray;
    }

    private BootstrapNode ToNode(BootstrapFileNode? node, int index)
    {
        if (node?.Endpoint is null || !BootstrapNode.TrySplit(node.Endpoint, out _, out _))
            throw Malformed(index, $"'{node?.Endpoint}' is not host:port; an IPv6 address stands in brackets");
        PeerId id = default;
        if (node.Id is not null && !PeerId.TryParse(node.Id, out id))
            throw Malformed(index, $"'{node.Id}' is not a peer id");
        return new() { EndPoint = node.Endpoint, Id = node.Id is null ? null : id, Region = node.Region, Source = Name };
    }

    private BootstrapException Malformed(int index, string what) => new($"Bootstrap file '{_path}', node {index + 1}: {what}.");
}
