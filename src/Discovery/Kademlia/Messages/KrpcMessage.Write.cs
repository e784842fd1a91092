using Discovery.Encoding;

namespace Discovery.Kademlia;

internal ref partial struct KrpcMessage
{
    /// <summary>What we call ourselves in <c>v</c>: two letters and a version, as BEP 5 clients do.</summary>
    public static ReadOnlySpan<byte> OwnVersion => "DC\0\x01"u8;

    /// <summary>Writes the datagram, keys in ascending order at every level.</summary>
    /// <returns>The length; 0 when it does not fit into <paramref name="destination"/>.</returns>
    public readonly int Write(Span<byte> destination)
    {
        BencodeWriter writer = new(destination);
        writer.BeginDictionary();
        if (Kind == KrpcKind.Query)
            WriteBody(ref writer, "1:a"u8);
        if (Kind == KrpcKind.Error)
        {
            writer.WriteRaw("1:el"u8);
            writer.WriteInteger(ErrorCode ?? KrpcError.Generic);
            writer.WriteString(ErrorText);
            writer.End();
        }
        WriteOptional(ref writer, "2:ip"u8, Ip);
        if (Kind == KrpcKind.Query)
        {
            writer.WriteRaw("1:q"u8);
            writer.WriteString(Method.Bytes());
        }
        // An error may bear nodes as well: libtorrent's answer to a method that it does not know.
        if (Kind == KrpcKind.Reply || Kind == KrpcKind.Error && !Id.IsEmpty)
            WriteBody(ref writer, "1:r"u8);
        if (IsReadOnly)
            writer.WriteRaw("2:roi1e"u8);
        writer.WriteRaw("1:t"u8);
        writer.WriteString(Transaction);
        WriteOptional(ref writer, "1:v"u8, Version);
        writer.WriteRaw(Kind switch
        {
            KrpcKind.Query => "1:y1:q"u8,
            KrpcKind.Reply => "1:y1:r"u8,
            _ => "1:y1:e"u8,
        });
        writer.End();
        return writer.Overflowed ? 0 : writer.Length;
    }

    private readonly void WriteBody(ref BencodeWriter writer, ReadOnlySpan<byte> key)
    {
        writer.WriteRaw(key);
        writer.BeginDictionary();
        WriteOptional(ref writer, "10:capability"u8, Capability);
        WriteOptional(ref writer, "3:cas"u8, Cas);
        WriteOptional(ref writer, "2:id"u8, Id);
        if (IsPortImplied)
            writer.WriteRaw("12:implied_porti1e"u8);
        WriteOptional(ref writer, "9:info_hash"u8, InfoHash);
        WriteOptional(ref writer, "8:interval"u8, Interval);
        WriteOptional(ref writer, "1:k"u8, Key);
        WriteOptional(ref writer, "1:n"u8, Count);
        WriteOptional(ref writer, "7:network"u8, Network);
        if (HasNodes)
            Write(ref writer, "5:nodes"u8, Nodes);
        if (HasNodes6)
            Write(ref writer, "6:nodes6"u8, Nodes6);
        WriteOptional(ref writer, "5:nonce"u8, Nonce);
        WriteOptional(ref writer, "3:num"u8, Number);
        WriteRaw(ref writer, "5:peers"u8, Peers);
        WriteOptional(ref writer, "4:port"u8, Port);
        WriteOptional(ref writer, "5:proof"u8, Proof);
        WriteOptional(ref writer, "6:region"u8, Region);
        WriteOptional(ref writer, "4:salt"u8, Salt);
        // BEP 51: an empty sample is still a sample.
        if (!Samples.IsEmpty || Interval is not null)
            Write(ref writer, "7:samples"u8, Samples);
        WriteOptional(ref writer, "3:seq"u8, Sequence);
        WriteOptional(ref writer, "3:sig"u8, Signature);
        WriteOptional(ref writer, "6:target"u8, Target);
        WriteOptional(ref writer, "5:token"u8, Token);
        WriteRaw(ref writer, "1:v"u8, Value);
        WriteRaw(ref writer, "6:values"u8, Values);
        WriteOptional(ref writer, "2:vc"u8, Coordinate);
        if (WantsIPv4 || WantsIPv6)
        {
            writer.WriteRaw("4:wantl"u8);
            if (WantsIPv4)
                writer.WriteRaw("2:n4"u8);
            if (WantsIPv6)
                writer.WriteRaw("2:n6"u8);
            writer.End();
        }
        writer.End();
    }

    private static void WriteOptional(ref BencodeWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            Write(ref writer, key, value);
    }

    private static void Write(ref BencodeWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        writer.WriteRaw(key);
        writer.WriteString(value);
    }

    private static void WriteOptional(ref BencodeWriter writer, ReadOnlySpan<byte> key, long? value)
    {
        if (value is not { } number)
            return;
        writer.WriteRaw(key);
        writer.WriteInteger(number);
    }

    private static void WriteRaw(ref BencodeWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        writer.WriteRaw(key);
        writer.WriteRaw(value);
    }
}
