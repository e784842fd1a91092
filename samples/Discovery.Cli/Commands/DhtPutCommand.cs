using System.CommandLine;
using System.CommandLine.Parsing;
using Discovery.Cli.Output;
using Discovery.Encoding;
using Discovery.Kademlia;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht put --value TEXT [--identity FILE --salt S --seq N --cas N]</c>: stores a BEP 44 item.</summary>
internal static class DhtPutCommand
{
    public static Command Create(SharedOptions shared)
    {
        Option<string> value = new("--value") { HelpName = "TEXT", Description = "The text; stored as a bencoded byte string.", Required = true };
        value.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && Encode(result.Tokens[0].Value).Length > SignedItem.MaxCreatedValueSize)
                result.AddError($"The value is too long: an item has at most {SignedItem.MaxCreatedValueSize} bytes, the length before the text included.");
        });
        Option<string> salt = Symbols.Salt("Tells the items of one identity apart.");
        Option<long?> sequence = Symbols.Number("--seq", "The version. Default: one more than the newest that any node has.", 0, long.MaxValue);
        Option<long?> cas = Symbols.Number("--cas", "Nodes store only if the version they have is this one.", 0, long.MaxValue);
        Command command = DhtCommand.Verb(shared, "put", "Stores a text (BEP 44): for good under its own hash, or with '--identity' as an item that its owner can replace.",
            (session, parsed, token) => RunAsync(session, Encode(parsed.GetRequiredValue(value)), parsed.GetValue(shared.Identity), Symbols.SaltBytes(parsed.GetValue(salt)),
                parsed.GetValue(sequence), parsed.GetValue(cas), token));
        command.Add(value);
        command.Add(shared.Identity);
        foreach (Option option in (ReadOnlySpan<Option>)[salt, sequence, cas])
        {
            command.Add(option);
            command.Validators.Add(result => RequireIdentity(result, option, shared.Identity));
        }
        return command;
    }

    private static void RequireIdentity(CommandResult result, Option option, Option<FileInfo> identity)
    {
        if (result.GetResult(option) is not null && result.GetResult(identity) is null)
            result.AddError($"'{option.Name}' is for mutable items, which need '{identity.Name}'.");
    }

    private static async Task<int> RunAsync(
        DhtSession session, byte[] value, FileInfo? identityFile, byte[] salt, long? sequence, long? cas, CancellationToken cancellationToken)
    {
        Report report = session.Report;
        if (identityFile is null)
            return await PutAsync(FoundItem.Immutable(value));
        using PeerIdentity identity = PeerIdentity.LoadOrCreate(identityFile.FullName);
        long version = sequence ?? await report.WaitForAsync("Looking for the newest version", () => NextSequenceAsync(session, identity.Id, salt, cancellationToken));
        return await PutAsync(FoundItem.Mutable(SignedItem.Create(identity, salt, version, value)));

        async Task<int> PutAsync(FoundItem item) =>
            report.Show(await report.WaitForAsync($"Storing {item.Target}", () => session.Node.PutItemAsync(item, cas, cancellationToken).AsTask()), item.Signed);
    }

    private static async Task<long> NextSequenceAsync(DhtSession session, PeerId key, byte[] salt, CancellationToken cancellationToken)
    {
        DhtItem newest = await session.Node.GetItemAsync(SignedItem.ComputeTarget(key.ToArray(), salt), salt, cancellationToken);
        return newest.Item switch
        {
            null => 1,
            { Sequence: long.MaxValue } => throw new UsageException("The item has the last of all versions and cannot be replaced."),
            { } item => item.Sequence + 1,
        };
    }

    private static byte[] Encode(string text)
    {
        byte[] content = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] bencode = new byte[content.Length + 12]; // The length in decimal and a colon.
        BencodeWriter writer = new(bencode);
        writer.WriteString(content);
        return writer.Written.ToArray();
    }
}
