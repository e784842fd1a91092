using System.Text;

namespace Discovery.Encoding.Dns;

/// <summary>Names as text (RFC 1035 5.1, RFC 6763 4.3): UTF-8, a dot or backslash inside a label escaped by a backslash, what is not text as <c>\ddd</c>.</summary>
internal static class DnsNameText
{
    public static string Format(in DnsNameView name)
    {
        if (name.IsRoot)
            return ".";
        StringBuilder text = new(name.Length);
        foreach (ReadOnlySpan<byte> label in name)
        {
            Append(text, label);
            text.Append('.');
        }
        return text.ToString();
    }

    /// <summary>Writes the wire form.</summary>
    /// <returns>False when the text is not a name, or one that is too long.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> wire, out int length)
    {
        length = 0;
        if (text is ".")
        {
            wire[length++] = 0;
            return true;
        }
        while (!text.IsEmpty)
        {
            // The label goes one byte ahead of its length, and one more byte is kept for the root.
            if (length + 2 > wire.Length || !TryParseLabel(ref text, wire[(length + 1)..^1], out int bytes))
                return false;
            wire[length] = (byte)bytes;
            length += bytes + 1;
        }
        if (length == 0)
            return false;
        wire[length++] = 0;
        return true;
    }

    private static bool TryParseLabel(ref ReadOnlySpan<char> text, Span<byte> label, out int length)
    {
        length = 0;
        while (!text.IsEmpty && text[0] != '.')
        {
            int written, consumed;
            if (text[0] != '\\')
            {
                if (Rune.DecodeFromUtf16(text, out Rune rune, out consumed) != System.Buffers.OperationStatus.Done || !rune.TryEncodeToUtf8(label[length..], out written))
                    return false;
            }
            else if (text.Length > 1 && char.IsAsciiDigit(text[1]))
            {
                if (text.Length < 4 || !byte.TryParse(text[1..4], System.Globalization.NumberStyles.None, null, out byte value) || length == label.Length)
                    return false;
                label[length] = value;
                (written, consumed) = (1, 4);
            }
            else
            {
                if (Rune.DecodeFromUtf16(text[1..], out Rune rune, out consumed) != System.Buffers.OperationStatus.Done || !rune.TryEncodeToUtf8(label[length..], out written))
                    return false;
                consumed++;
            }
            text = text[consumed..];
            length += written;
        }
        if (!text.IsEmpty)
            text = text[1..];
        return length is > 0 and <= DnsNameView.MaxLabelLength;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        Span<char> rune = stackalloc char[2];
        while (!label.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(label, out Rune value, out int consumed) == System.Buffers.OperationStatus.Done && !Rune.IsControl(value);
            if (isText)
            {
                if (value.Value is '.' or '\\')
                    text.Append('\\');
                text.Append(rune[..value.EncodeToUtf16(rune)]);
            }
            else
            {
                foreach (byte raw in label[..consumed])
                    text.Append('\\').Append((char)('0' + raw / 100)).Append((char)('0' + raw / 10 % 10)).Append((char)('0' + raw % 10));
            }
            label = label[consumed..];
        }
    }
}
