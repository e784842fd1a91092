namespace Discovery.Tests.Architecture;

/// <summary>One type naming another, and the folders of <c>src/Discovery</c> they live in; "" is that folder itself.</summary>
internal readonly record struct TypeUse(string From, string FromFolder, string To, string ToFolder);

/// <summary>The house rule: a folder uses lower floors only, and rooms on one floor are strangers to each other.</summary>
internal static class Floors
{
    private static readonly Dictionary<string, int> FloorOf = new()
    {
        ["Primitives"] = 0,
        ["Diagnostics"] = 0,
        ["Encoding"] = 1,
        ["Cryptography"] = 2, // A signed item is canonical bencode.
        ["Limits"] = 3,
        [""] = 4, // The contracts of the root namespace.
        ["Kademlia"] = 5,
        ["Mdns"] = 5,
        ["Gossip"] = 5,
        ["Replication"] = 5,
        ["Peers"] = 5,
        ["Transports"] = 6,
        ["Bootstrap"] = 7,
        ["Layers"] = 7,
        ["Stores"] = 7,
        ["Service"] = 8,
    };

    /// <summary>Whether the house has such a room.</summary>
    public static bool Has(string folder) => FloorOf.ContainsKey(folder);

    /// <summary>What breaks the rule, one line for each pair of types.</summary>
    public static List<string> Violations(IEnumerable<TypeUse> references) =>
        [.. references.Where(IsForbidden).Select(static reference => $"{Describe(reference.From, reference.FromFolder)} -> {Describe(reference.To, reference.ToFolder)}").Order(StringComparer.Ordinal)];

    private static bool IsForbidden(TypeUse reference) =>
        reference.FromFolder != reference.ToFolder
        && (!FloorOf.TryGetValue(reference.FromFolder, out int from) || !FloorOf.TryGetValue(reference.ToFolder, out int to) || from <= to);

    private static string Describe(string type, string folder) =>
        $"{type} ({(folder.Length == 0 ? "src/Discovery" : folder)}, {(FloorOf.TryGetValue(folder, out int floor) ? $"floor {floor}" : "a folder without a floor")})";
}
