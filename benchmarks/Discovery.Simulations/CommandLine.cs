using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Discovery.Simulation;

namespace Discovery.Simulations;

/// <summary>The options, and what they make of the arguments.</summary>
internal sealed class CommandLine
{
    private const string DefaultScenario = "steady";
    private const int MinNodes = 2, MaxNodes = 10_000_000, MaxLookups = 10_000_000, MaxSeeds = 1_000_000;

    private readonly Option<Scenario> _scenario = new("--scenario")
    {
        HelpName = "NAME",
        Description = $"What is simulated; '--list' describes all. Default: {DefaultScenario}.",
        CustomParser = static argument =>
        {
            Scenario? scenario = ScenarioCatalog.Find(argument.Tokens[0].Value);
            if (scenario is null)
                argument.AddError($"'{argument.Tokens[0].Value}' is not a scenario: {string.Join(", ", ScenarioCatalog.All.Select(static known => known.Name))} are what '--scenario' knows.");
            return scenario;
        },
    };

    private readonly Option<int?> _nodes = Number("--nodes", "N", "How many nodes there are. Default: the scenario's own number.", MinNodes, MaxNodes);
    private readonly Option<int?> _lookups = Number("--lookups", "L", "How many lookups are made. Default: the scenario's own number.", 1, MaxLookups);
    private readonly Option<ulong?> _seed = Number<ulong>("--seed", "S", "The seed of all chance: the same one gives the same history. Default: 1.", 0, ulong.MaxValue);
    private readonly Option<double?> _minutes = Number("--minutes", "M", "The virtual time over which lookups are made. Default: the scenario's own.", 0.01, 100_000);
    private readonly Option<int?> _seeds = Number("--seeds", "COUNT", "Runs so many seeds from --seed on, as many at a time as there are cores, and tells which broke an invariant.", 1, MaxSeeds);
    private readonly Option<bool> _noPlain = new("--no-plain") { Description = "Leaves out the run with plain Kademlia parameters. So does --seeds." };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object on the standard output, and nothing else there." };
    private readonly Option<bool> _list = new("--list") { Description = "Describes the scenarios." };

    // Not an option of true and false: those would not take a word after them for their value.
    private readonly Option<Defences> _undefended = new("--defence")
    {
        HelpName = "on|off",
        Description = "Whether the library defends itself against those who lie. Default: on.",
        CustomParser = static argument =>
        {
            string text = argument.Tokens[0].Value;
            if (text is not ("on" or "off"))
                argument.AddError($"'{text}' is neither 'on' nor 'off', which '--defence' wants.");
            return text == "off" ? Defences.All : Defences.None;
        },
    };

    private readonly Option<DirectoryInfo> _out = new("--out")
    {
        HelpName = "DIRECTORY",
        Description = "Where the JSON report and the plots (SVG) go; made when it is missing.",
        CustomParser = static argument =>
        {
            if (argument.Tokens[0].Value is { Length: > 0 } path)
                return new(path);
            argument.AddError("'' is not the name of a directory, which '--out' wants.");
            return null;
        },
    };

    private readonly Option<int[]> _sweep = new("--sweep")
    {
        HelpName = "N1,N2,…",
        Description = "Runs the scenario with each of these numbers of nodes, and shows how hops and messages grow.",
        CustomParser = static argument =>
        {
            List<int> sizes = [];
            foreach (string text in argument.Tokens[0].Value.Split(','))
                sizes.Add(Parse(argument, "--sweep", text, MinNodes, MaxNodes));
            return [.. sizes.Distinct().Order()];
        },
    };

    // Not a RootCommand, which is called what the file with the program is called.
    private readonly Command _command;

    public CommandLine()
    {
        _command = new(SimulationsCommand.Name, "Simulates a network of the library's own DHT nodes in virtual time: one seed, one history.")
        {
            _scenario, _nodes, _lookups, _minutes, _seed, _seeds, _sweep, _noPlain, _undefended, _out, _json, _list, new HelpOption(), new VersionOption(),
        };
        _command.Validators.Add(result =>
        {
            if (result.GetResult(_seeds) is not null && result.GetResult(_sweep) is not null)
                result.AddError("'--seeds' and '--sweep' are two ways to run a scenario often: choose one.");
            if (result.GetResult(_nodes) is not null && result.GetResult(_sweep) is not null)
                result.AddError("'--sweep' names the numbers of nodes: leave '--nodes' out.");
        });
    }

    /// <summary>Lets the request be carried out that the arguments make.</summary>
    /// <returns>The parsed arguments, with their errors.</returns>
    public ParseResult Parse(IReadOnlyList<string> args, Func<Request, int> run, Func<bool, int> list)
    {
        _command.SetAction(parsed =>
        {
            if (parsed.GetValue(_list))
                return list(parsed.GetValue(_json));
            Request request = Request(parsed);
            if (request.Scenario.Duration > request.Scenario.FirstLookup)
                return run(request);
            parsed.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{SimulationsCommand.Name}: The lookups of '{request.Scenario.Name}' begin after {request.Scenario.FirstLookup.TotalMinutes} minutes: '--minutes' wants more."));
            return ExitCode.Usage;
        });
        return CommandLineParser.Parse(_command, args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    private Request Request(ParseResult parsed)
    {
        Scenario scenario = parsed.GetValue(_scenario) ?? ScenarioCatalog.Find(DefaultScenario)!;
        if (parsed.GetValue(_nodes) is { } nodes)
            scenario = scenario.WithNodes(nodes);
        if (parsed.GetValue(_lookups) is { } lookups)
            scenario = scenario.WithLookups(lookups);
        if (parsed.GetValue(_minutes) is { } minutes)
            scenario = scenario.Lasting(TimeSpan.FromMinutes(minutes));
        if (parsed.GetValue(_undefended) is not Defences.None and var undefended)
            scenario = scenario.Without(undefended);
        return new()
        {
            Scenario = scenario,
            Seed = parsed.GetValue(_seed) ?? 1,
            Seeds = parsed.GetValue(_seeds),
            Sweep = parsed.GetValue(_sweep) ?? [],
            WithPlain = !parsed.GetValue(_noPlain),
            Json = parsed.GetValue(_json),
            Out = parsed.GetValue(_out),
        };
    }

    private static Option<T?> Number<T>(string name, string helpName, string description, T min, T max) where T : struct, INumber<T> => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = argument => Parse(argument, name, argument.Tokens[0].Value, min, max),
    };

    private static T Parse<T>(ArgumentResult argument, string name, string text, T min, T max) where T : INumber<T>
    {
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? value) || !(value >= min && value <= max))
            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a number from {min} to {max}, which '{name}' wants."));
        return value!;
    }
}
