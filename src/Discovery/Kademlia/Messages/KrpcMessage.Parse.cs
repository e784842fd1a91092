using Discovery.Encoding;

namespace Discovery.Kademlia;

internal ref partial struct KrpcMessage
{
    private const int MaxDepth = 32;

    /// <summary>Reads a datagram. Keys may come in any order, unknown ones are passed over.</summary>
    /// <returns>False when it is not one bencoded dictionary and nothing else, or has no transaction, or no kind that is known: it deserves silence.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out KrpcMessage message)
    {
        message = default;
        return message.TryRead(datagram);
    }

    private bool TryRead(ReadOnlySpan<byte> datagram)
    {
        BencodeReader reader = new(datagram, MaxDepth);
        if (!reader.TryEnterDictionary())
            return false;
        bool hasTransaction = false, hasMethod = false;
        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
            if (!TryReadTopLevel(key, ref reader, ref hasTransaction, ref hasMethod))
                return false;
        return reader.TryLeave() && reader.IsAtEnd && hasTransaction && Transaction.Length <= MaxTransactionSize
            && Kind != KrpcKind.None && (hasMethod || Kind != KrpcKind.Query);
    }

    private bool TryReadTopLevel(ReadOnlySpan<byte> key, scoped ref BencodeReader reader, scoped ref bool hasTransaction, scoped ref bool hasMethod)
    {
        ReadOnlySpan<byte> text;
        switch (key.Length == 1 ? key[0] : 0)
        {
            case 't':
                return (hasTransaction = reader.TryReadString(out Transaction)) || reader.TrySkip();
            case 'y':
                if (!reader.TryReadString(out text))
                    return reader.TrySkip();
                Kind = text.Length != 1 ? KrpcKind.None : text[0] switch
                {
                    (byte)'q' => KrpcKind.Query,
                    (byte)'r' => KrpcKind.Reply,
                    (byte)'e' => KrpcKind.Error,
                    _ => KrpcKind.None,
                };
                return true;
            case 'q':
                if (!reader.TryReadString(out text))
                    return reader.TrySkip();
                hasMethod = true;
                Method = KrpcMethodNames.Parse(text);
                return true;
            case 'a' or 'r' when reader.TryEnterDictionary():
                while (reader.TryReadKey(out ReadOnlySpan<byte> inner))
                    if (!TryReadArgument(inner, ref reader) && !reader.TrySkip())
                        return false;
                return reader.TryLeave();
            case 'e' when reader.TryEnterList():
                if (reader.TryReadInteger(out long code))
                    ErrorCode = (int)Math.Clamp(code, int.MinValue, int.MaxValue);
                if (!reader.TryReadString(out ErrorText))
                    ErrorText = default;
                while (reader.TrySkip())
                    continue;
                return reader.TryLeave();
            case 'v':
                return reader.TryReadString(out Version) || reader.TrySkip();
        }
        if (key.SequenceEqual("ip"u8))
            return reader.TryReadString(out Ip) || reader.TrySkip();
        return key.SequenceEqual("ro"u8) && TryReadFlag(ref reader, out IsReadOnly) || reader.TrySkip();
    }

    /// <summary>Reads one argument or one value of an answer. False, with nothing consumed, when it is unknown or has the wrong type: it is then passed over.</summary>
    private bool TryReadArgument(ReadOnlySpan<byte> key, scoped ref BencodeReader reader)
    {
        switch (key.Length)
        {
            case 1:
                return key[0] switch
                {
                    (byte)'k' => reader.TryReadString(out Key),
                    (byte)'v' => reader.TryReadRaw(out Value),
                    (byte)'n' => TryReadNumber(ref reader, out Count),
                    _ => false,
                };
            case 2:
                return key.SequenceEqual("id"u8) ? reader.TryReadString(out Id)
                    : key.SequenceEqual("vc"u8) && TryReadCoordinate(ref reader);
            case 3:
                return key.SequenceEqual("seq"u8) ? TryReadNumber(ref reader, out Sequence)
                    : key.SequenceEqual("sig"u8) ? reader.TryReadString(out Signature)
                    : key.SequenceEqual("cas"u8) ? TryReadNumber(ref reader, out Cas)
                    : key.SequenceEqual("num"u8) && TryReadNumber(ref reader, out Number);
            case 4:
                return key.SequenceEqual("port"u8) ? TryReadNumber(ref reader, out Port)
                    : key.SequenceEqual("salt"u8) ? reader.TryReadString(out Salt)
                    : key.SequenceEqual("want"u8) && TryReadWant(ref reader);
            case 5:
                return key.SequenceEqual("nodes"u8) ? HasNodes = reader.TryReadString(out Nodes)
                    : key.SequenceEqual("token"u8) ? reader.TryReadString(out Token)
                    : key.SequenceEqual("nonce"u8) ? reader.TryReadString(out Nonce)
                    : key.SequenceEqual("proof"u8) ? reader.TryReadString(out Proof)
                    : key.SequenceEqual("peers"u8) && reader.NextType == BencodeType.List && reader.TryReadRaw(out Peers);
            case 6:
                return key.SequenceEqual("target"u8) ? reader.TryReadString(out Target)
                    : key.SequenceEqual("nodes6"u8) ? HasNodes6 = reader.TryReadString(out Nodes6)
                    : key.SequenceEqual("values"u8) ? reader.NextType == BencodeType.List && reader.TryReadRaw(out Values)
                    : key.SequenceEqual("region"u8) && reader.TryReadString(out Region);
            case 7:
                return key.SequenceEqual("network"u8) ? reader.TryReadString(out Network)
                    : key.SequenceEqual("samples"u8) && reader.TryReadString(out Samples);
            case 8:
                return key.SequenceEqual("interval"u8) && TryReadNumber(ref reader, out Interval);
            case 9:
                return key.SequenceEqual("info_hash"u8) && reader.TryReadString(out InfoHash);
            case 10:
                return key.SequenceEqual("capability"u8) && reader.TryReadString(out Capability);
            case 12:
                return key.SequenceEqual("implied_port"u8) && TryReadFlag(ref reader, out IsPortImplied);
            default:
                return false;
        }
    }

    private bool TryReadCoordinate(scoped ref BencodeReader reader)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> coordinate))
            return false;
        if (coordinate.Length <= MaxCoordinateSize)
            Coordinate = coordinate;
        return true;
    }

    private bool TryReadWant(ref BencodeReader reader)
    {
        if (!reader.TryEnterList())
            return false;
        // From here on the list is consumed whatever it holds.
        while (reader.NextType != BencodeType.End)
        {
            if (reader.TryReadString(out ReadOnlySpan<byte> family))
            {
                WantsIPv4 |= family.SequenceEqual("n4"u8);
                WantsIPv6 |= family.SequenceEqual("n6"u8);
            }
            else if (!reader.TrySkip())
                return false;
        }
        return reader.TryLeave();
    }

    private static bool TryReadNumber(ref BencodeReader reader, out long? number)
    {
        bool read = reader.TryReadInteger(out long value);
        number = read ? value : null;
        return read;
    }

    private static bool TryReadFlag(ref BencodeReader reader, out bool flag)
    {
        bool read = reader.TryReadInteger(out long value);
        flag = value != 0; // BEP 5 on implied_port: "present and non-zero".
        return read;
    }
}
