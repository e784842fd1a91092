using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia.Messages;

/// <summary>Messages with any combination of fields.</summary>
internal static class KrpcSamples
{
    /// <summary>Writes a random message, canonical and complete.</summary>
    public static int WriteRandom(Random random, Span<byte> destination)
    {
        KrpcMessage message = default;
        message.Kind = (KrpcKind)random.Next(1, 4);
        message.Transaction = Bytes(random, random.Next(33));
        message.IsReadOnly = random.Next(2) == 0;
        message.Version = Maybe(random, 4);
        message.Ip = Maybe(random, 6);
        bool hasBody = true;
        switch (message.Kind)
        {
            case KrpcKind.Query:
                message.Method = (KrpcMethod)random.Next((int)KrpcMethod.Ping, (int)KrpcMethod.Announce + 1);
                break;
            case KrpcKind.Error:
                message.ErrorCode = random.Next(-400, 400);
                message.ErrorText = Bytes(random, random.Next(20));
                hasBody = random.Next(2) == 0;
                break;
        }
        if (hasBody)
            Fill(ref message, random);
        return message.Write(destination);
    }

    private static void Fill(ref KrpcMessage message, Random random)
    {
        message.Id = Bytes(random, 20);
        message.Target = Maybe(random, 20);
        message.InfoHash = Maybe(random, 20);
        message.Token = Maybe(random, random.Next(1, 20));
        message.HasNodes = random.Next(2) == 0;
        message.Nodes = message.HasNodes ? Bytes(random, random.Next(9) * 26) : default;
        message.HasNodes6 = random.Next(2) == 0;
        message.Nodes6 = message.HasNodes6 ? Bytes(random, random.Next(9) * 38) : default;
        message.Key = Maybe(random, 32);
        message.Salt = Maybe(random, random.Next(1, 65));
        message.Signature = Maybe(random, 64);
        message.Sequence = MaybeNumber(random);
        message.Cas = MaybeNumber(random);
        message.Port = MaybeNumber(random);
        message.Count = MaybeNumber(random);
        message.Number = MaybeNumber(random);
        message.Interval = MaybeNumber(random);
        message.Samples = message.Interval is null ? default : Bytes(random, random.Next(5) * 20);
        message.IsPortImplied = random.Next(2) == 0;
        message.WantsIPv4 = random.Next(2) == 0;
        message.WantsIPv6 = random.Next(2) == 0;
        message.Network = Maybe(random, 20);
        message.Nonce = Maybe(random, 16);
        message.Proof = Maybe(random, 64);
        message.Capability = Maybe(random, random.Next(1, 65));
        message.Region = Maybe(random, random.Next(1, 30));
        message.Coordinate = Maybe(random, random.Next(1, KrpcMessage.MaxCoordinateSize + 1));
        message.Value = random.Next(4) switch { 0 => default, 1 => "i5e"u8, 2 => "d1:al1:bi7eee"u8, _ => "4:spam"u8 };
        message.Values = random.Next(3) switch { 0 => default, 1 => "le"u8, _ => "l6:abcdef18:abcdefghijklmnopqri5ee"u8 };
        message.Peers = random.Next(3) switch { 0 => default, 1 => "le"u8, _ => "l3:abce"u8 };
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[]? Maybe(Random random, int length) => random.Next(2) == 0 ? null : Bytes(random, length);

    private static long? MaybeNumber(Random random) => random.Next(4) switch { 0 => null, 1 => random.Next(-5, 5), 2 => long.MaxValue, _ => random.NextInt64(long.MinValue, long.MaxValue) };
}
