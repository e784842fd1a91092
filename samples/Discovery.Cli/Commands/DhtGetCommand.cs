using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Kademlia;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery dht get TARGET_HEX</c> and <c>discovery dht get KEY [--salt S]</c>: reads a BEP 44 item.</summary>
internal static class DhtGetCommand
{
    public static Command Create(SharedOptions shared)
    {
        Argument<string> place = new("TARGET|KEY") { Description = "The target (40 hexadecimal digits), or the key of a mutable item (52 characters of z-base-32 or 64 hexadecimal digits)." };
        place.Validators.Add(static result =>
        {
            string text = result.Tokens[0].Value;
            if (!NodeId.TryParse(text, null, out _) && !PeerId.TryParse(text, out _))
                result.AddError($"'{text}' is neither a target (40 hexadecimal digits) nor a key (52 characters of z-base-32 or 64 hexadecimal digits).");
        });
        Option<string> salt = Symbols.Salt("The salt of a mutable item, as text. An item that has one cannot be checked without it.");
        Command command = DhtCommand.Verb(shared, "get", "Reads an item (BEP 44); of a mutable one the newest version that any node has.",
            (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(place), Symbols.SaltBytes(parsed.GetValue(salt)), token));
        command.Add(place);
        command.Add(salt);
        return command;
    }

    private static async Task<int> RunAsync(DhtSession session, string place, byte[] salt, CancellationToken cancellationToken)
    {
        Report report = session.Report;
        NodeId target = PeerId.TryParse(place, out PeerId key) ? SignedItem.ComputeTarget(key.ToArray(), salt) : NodeId.Parse(place);
        DhtItem found = await report.WaitForAsync($"Looking for {target}", () => session.Node.GetItemAsync(target, salt, cancellationToken).AsTask());
        if (found.Item is { } item)
        {
            Show(report, item);
            return ExitCode.Success;
        }
        report.Note(found.Forged > 0 ? $"{found.Forged} answers do not belong to {target}, or the item has a salt that '--salt' does not name."
            : found.Statistics.Answered == 0 ? "No node answers."
            : $"Nobody has an item at {target}.");
        return ExitCode.Nothing;
    }

    private static void Show(Report report, FoundItem item)
    {
        ItemValue value = ItemValue.Of(item.Value.Span);
        if (report.Json is { } json)
        {
            json.Write("item", writer =>
            {
                writer.WriteString("target", item.Target.ToString());
                writer.WriteString("value", value.Text);
                if (item.Signed is { } signed)
                {
                    writer.WriteNumber("seq", signed.Sequence);
                    writer.WriteString("key", signed.Key.ToString());
                }
                else
                {
                    writer.WriteNull("seq");
                    writer.WriteNull("key");
                }
                writer.WriteString("type", value.Type);
                writer.WriteString("valueHex", value.Hex);
            });
            return;
        }
        Table table = HumanText.Facts();
        table.Row("target", item.Target.ToString());
        table.Row(value.Text is null ? "value (hexadecimal)" : "value", HumanText.Harmless(value.Text ?? value.Hex));
        if (item.Signed is { } mutable)
        {
            table.Row("sequence", $"{mutable.Sequence}");
            table.Row("key", mutable.Key.ToString());
        }
        report.Show(table);
    }
}
