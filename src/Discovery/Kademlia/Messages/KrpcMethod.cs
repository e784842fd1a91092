namespace Discovery.Kademlia;

/// <summary>What a KRPC message is.</summary>
internal enum KrpcKind : byte
{
    None,
    Query,
    Reply,
    Error,
}

/// <summary>The queries that are understood.</summary>
internal enum KrpcMethod : byte
{
    Unknown,
    Ping,
    FindNode,
    GetPeers,
    AnnouncePeer,
    Get,
    Put,
    SampleInfoHashes,
    Identify,
    Neighbors,
    Announce,
}

/// <summary>The error codes of BEP 5 and BEP 44.</summary>
internal static class KrpcError
{
    public const int Generic = 201, Server = 202, Protocol = 203, UnknownMethod = 204;
    public const int ValueTooBig = 205, BadSignature = 206, SaltTooBig = 207, CasMismatch = 301, OldSequence = 302;

    public static ReadOnlySpan<byte> Text(int code) => code switch
    {
        Server => "Server Error"u8,
        Protocol => "Protocol Error"u8,
        UnknownMethod => "Method Unknown"u8,
        ValueTooBig => "Message (v field) too big"u8,
        BadSignature => "Invalid signature"u8,
        SaltTooBig => "Salt (salt field) too big"u8,
        CasMismatch => "CAS mismatch"u8,
        OldSequence => "Sequence number less than current"u8,
        _ => "Generic Error"u8,
    };
}

/// <summary>The names of the queries, on the wire and in metrics.</summary>
internal static class KrpcMethodNames
{
    private static readonly string[] Names =
        ["unknown", "ping", "find_node", "get_peers", "announce_peer", "get", "put", "sample_infohashes", "dsc_identify", "dsc_neighbors", "dsc_announce"];

    public static string Name(this KrpcMethod method) => Names[(int)method];

    public static ReadOnlySpan<byte> Bytes(this KrpcMethod method) => method switch
    {
        KrpcMethod.Ping => "ping"u8,
        KrpcMethod.FindNode => "find_node"u8,
        KrpcMethod.GetPeers => "get_peers"u8,
        KrpcMethod.AnnouncePeer => "announce_peer"u8,
        KrpcMethod.Get => "get"u8,
        KrpcMethod.Put => "put"u8,
        KrpcMethod.SampleInfoHashes => "sample_infohashes"u8,
        KrpcMethod.Identify => "dsc_identify"u8,
        KrpcMethod.Neighbors => "dsc_neighbors"u8,
        KrpcMethod.Announce => "dsc_announce"u8,
        _ => default,
    };

    public static KrpcMethod Parse(ReadOnlySpan<byte> name)
    {
        for (KrpcMethod method = KrpcMethod.Ping; method <= KrpcMethod.Announce; method++)
            if (name.SequenceEqual(method.Bytes()))
                return method;
        return KrpcMethod.Unknown;
    }
}
