using System.Text.Unicode;
using Discovery.Encoding;

namespace Discovery.Cli.Output;

/// <summary>A BEP 44 value as it is shown: the content of a byte string, and of anything else its bencoding.</summary>
/// <param name="Type">What the bencoding is: <c>string</c>, <c>integer</c>, <c>list</c> or <c>dictionary</c>.</param>
/// <param name="Text">The bytes as text; null when they are not UTF-8.</param>
/// <param name="Hex">The bytes in hexadecimal.</param>
internal sealed record ItemValue(string Type, string? Text, string Hex)
{
    public static ItemValue Of(ReadOnlySpan<byte> bencode)
    {
        BencodeReader reader = new(bencode);
        string type = reader.NextType switch
        {
            BencodeType.String => "string",
            BencodeType.Integer => "integer",
            BencodeType.List => "list",
            _ => "dictionary",
        };
        ReadOnlySpan<byte> bytes = reader.TryReadString(out ReadOnlySpan<byte> content) ? content : bencode;
        return new(type, Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : null, Convert.ToHexStringLower(bytes));
    }
}
