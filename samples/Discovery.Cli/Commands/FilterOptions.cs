using System.CommandLine;

namespace Discovery.Cli.Commands;

/// <summary>The options that say which peers are wanted.</summary>
/// <param name="options">Those that other commands have too, with another meaning.</param>
internal sealed class FilterOptions(PeerOptions options)
{
    private readonly Option<double?> _minReliability = Symbols.Real("--min-reliability", "X", "The least reliability of a peer, from 0 to 1. One met for the first time has 0.67.", "a number from 0 to 1", static value => value is >= 0 and <= 1);

    private readonly Option<double?> _maxRtt = Symbols.Real("--max-rtt", "MS", "The longest round trip to a peer, in milliseconds.", "a number of milliseconds: more than 0, at most 60000", static value => value is > 0 and <= 60_000);

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_minReliability);
        command.Add(_maxRtt);
    }

    /// <summary>What the user wants.</summary>
    public PeerFilter Read(ParseResult parsed)
    {
        string[] capabilities = parsed.GetValue(options.Capability) ?? [];
        return new()
        {
            // The first capability is the one that layers look under.
            Capability = capabilities.FirstOrDefault(),
            Capabilities = [.. capabilities.Skip(1)],
            Region = parsed.GetValue(options.Region),
            MinReliability = parsed.GetValue(_minReliability) ?? 0,
            MaxRtt = parsed.GetValue(_maxRtt) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
    }
}
