namespace Discovery.Interop.Tests.Support;

/// <summary>Bencode as plain objects, apart from the library's own, so that both must agree: long, byte[], list, dictionary with Latin-1 keys.</summary>
internal static class Wire
{
    /// <summary>A text as a bencoded string.</summary>
    public static byte[] Text(string text) => Encode(text);

    public static string Text(ReadOnlyMemory<byte> bencode) => System.Text.Encoding.Latin1.GetString((byte[])Decode(bencode.ToArray()));

    public static byte[] Encode(object value)
    {
        using MemoryStream stream = new();
        Write(stream, value);
        return stream.ToArray();
    }

    public static object Decode(byte[] data)
    {
        int at = 0;
        object value = Read(data, ref at);
        if (at != data.Length)
            throw new FormatException("Trailing bytes.");
        return value;
    }

    private static void Write(MemoryStream stream, object value)
    {
        switch (value)
        {
            case string text:
                Write(stream, System.Text.Encoding.Latin1.GetBytes(text));
                break;
            case byte[] bytes:
                stream.Write(System.Text.Encoding.ASCII.GetBytes($"{bytes.Length}:"));
                stream.Write(bytes);
                break;
            case Dictionary<string, object> dictionary:
                stream.WriteByte((byte)'d');
                foreach ((string key, object element) in dictionary.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                {
                    Write(stream, key);
                    Write(stream, element);
                }
                stream.WriteByte((byte)'e');
                break;
            case System.Collections.IEnumerable list:
                stream.WriteByte((byte)'l');
                foreach (object element in list)
                    Write(stream, element);
                stream.WriteByte((byte)'e');
                break;
            default:
                stream.Write(System.Text.Encoding.ASCII.GetBytes($"i{Convert.ToInt64(value)}e"));
                break;
        }
    }

    private static object Read(byte[] data, ref int at)
    {
        switch ((char)data[at])
        {
            case 'i':
                at++;
                return long.Parse(Until(data, ref at, 'e'));
            case 'l':
                List<object> list = [];
                for (at++; data[at] != 'e';)
                    list.Add(Read(data, ref at));
                at++;
                return list;
            case 'd':
                Dictionary<string, object> dictionary = [];
                for (at++; data[at] != 'e';)
                {
                    string key = System.Text.Encoding.Latin1.GetString((byte[])Read(data, ref at));
                    dictionary.Add(key, Read(data, ref at));
                }
                at++;
                return dictionary;
            default:
                int length = int.Parse(Until(data, ref at, ':'));
                at += length;
                return data[(at - length)..at];
        }
    }

    private static string Until(byte[] data, ref int at, char end)
    {
        int start = at;
        while (data[at] != end)
            at++;
        return System.Text.Encoding.ASCII.GetString(data, start, at++ - start);
    }
}
