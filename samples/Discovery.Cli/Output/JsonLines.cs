using System.Buffers;
using System.Text.Json;

namespace Discovery.Cli.Output;

/// <summary>One JSON object per line, each written and flushed at once, by any thread. ASCII only, whatever the encoding of the terminal.</summary>
internal sealed class JsonLines(TextWriter output)
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <param name="name">The value of the first member, <c>event</c>.</param>
    /// <param name="members">Writes the others.</param>
    public void Write(string name, Action<Utf8JsonWriter> members)
    {
        lock (_gate)
            WriteLine(name, members);
    }

    private void WriteLine(string name, Action<Utf8JsonWriter> members)
    {
        _buffer.ResetWrittenCount();
        using (Utf8JsonWriter writer = new(_buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event", name);
            members(writer);
            writer.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(_buffer.WrittenSpan));
        output.Flush();
    }
}
