namespace Discovery.Simulation;

/// <summary>A fault and its time.</summary>
/// <param name="At">When it happens, counted from the end of the preparations.</param>
/// <param name="Fault">What happens.</param>
public readonly record struct ScenarioStep(TimeSpan At, Fault Fault);

/// <summary>What is simulated: a network, what befalls it, and what is asked of it. It is data: it can be compared, printed as code and made smaller.</summary>
/// <example><code>
/// Scenario scenario = Scenario.Create("storm").WithNodes(500).WithLoss(0.02).WithLookups(1000)
///     .At(TimeSpan.FromMinutes(1), new MassKill(0.3))
///     .At(TimeSpan.FromMinutes(2), new SlowNodes(0.1, TimeSpan.FromMilliseconds(300)));
/// SimulationReport report = Simulator.Run(scenario, seed: 7);
/// </code></example>
public sealed record Scenario
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in a sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>How many nodes there are when it begins.</summary>
    /// <value>At least 2. Default 1000.</value>
    public int Nodes { get; init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A network has at least two nodes."); } = 1000;

    /// <summary>What the network does to datagrams.</summary>
    public NetworkConditions Conditions { get; init; } = new();

    /// <summary>What part of the nodes is behind NATs of which kind; the others have public addresses.</summary>
    /// <value>Default none. The parts make 1 at most.</value>
    public IReadOnlyList<NatShare> Nat { get; init => field = value.Sum(static share => share.Part) <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "No more than all can be behind NATs."); } = [];

    /// <summary>The part of the routing tables' entries that is dead when the lookups begin, 0 to 1.</summary>
    public double DeadEntries { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "From 0 to less than 1 can be dead."); }

    /// <summary>How long nodes stay; for each that leaves another one joins. Null when nobody leaves.</summary>
    public SessionLength? Churn { get; init; }

    /// <summary>What is looked for.</summary>
    public Workload Workload { get; init; }

    /// <summary>The defences of the library that are switched off.</summary>
    public Defences Undefended { get; init; }

    /// <summary>How many keys are announced, or items stored, before anything else happens.</summary>
    public int Keys { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There is something to look up."); } = 200;

    /// <summary>How many lookups are made, evenly spread by chance from <see cref="FirstLookup"/> to the end of <see cref="Duration"/>.</summary>
    public int Lookups { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A number of lookups is not negative."); } = 1000;

    /// <summary>When lookups begin: faults may have worked for a while by then.</summary>
    public TimeSpan FirstLookup { get; init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Nothing happens before the beginning."); }

    /// <summary>How many signed items (BEP 44) are published, renewed and read beside the lookups.</summary>
    /// <value>Default 0.</value>
    public int Items { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A number of items is not negative."); }

    /// <summary>How long it lasts, until the last lookup begins.</summary>
    public TimeSpan Duration { get; init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Something takes time."); } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the seed draws more: what the network does, how long nodes stay, and faults of all kinds. The report's scenario has what was drawn.</summary>
    /// <value>Default false.</value>
    public bool HasRandomFaults { get; init; }

    /// <summary>What befalls the network, in the order of time.</summary>
    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];

    /// <summary>A thousand nodes to which nothing happens.</summary>
    public static Scenario Create(string name) => new() { Name = name };

    /// <summary>Says what it shows.</summary>
    public Scenario WithDescription(string description) => this with { Description = description };

    /// <summary>Sets <see cref="Nodes"/>.</summary>
    public Scenario WithNodes(int nodes) => this with { Nodes = nodes };

    /// <summary>Sets the probability that a datagram is lost, 0 to 1.</summary>
    public Scenario WithLoss(double loss) => this with { Conditions = Conditions with { Loss = loss } };

    /// <summary>Sets by how much the ways of datagrams vary, as a part of them: 0 to 1.</summary>
    public Scenario WithJitter(double jitter) => this with { Conditions = Conditions with { Jitter = jitter } };

    /// <summary>Sets how far hosts are from each other.</summary>
    public Scenario WithLatency(ILatencyModel latency) => this with { Conditions = Conditions with { Latency = latency } };

    /// <summary>Sets all that the network does to datagrams.</summary>
    public Scenario WithConditions(NetworkConditions conditions) => this with { Conditions = conditions };

    /// <summary>Puts a part of the nodes behind NATs of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="part">The part of all nodes, 0 to 1.</param>
    /// <param name="hostsBehindOne">How many share one NAT: 1 to 250.</param>
    public Scenario WithNat(NatKind kind, double part, int hostsBehindOne = 1) => WithNat(new NatShare(kind, part, hostsBehindOne));

    /// <summary>Puts a part of the nodes behind NATs, beside those that are so already.</summary>
    public Scenario WithNat(NatShare share) => this with { Nat = [.. Nat, share] };

    /// <summary>Sets the part of the routing tables' entries that is dead at the start, 0 to less than 1.</summary>
    public Scenario WithDeadEntries(double part) => this with { DeadEntries = part };

    /// <summary>Sets how long nodes stay.</summary>
    public Scenario WithChurn(SessionLength? sessions) => this with { Churn = sessions };

    /// <summary>Sets how many keys are announced.</summary>
    public Scenario WithKeys(int keys) => this with { Keys = keys };

    /// <summary>Sets how many signed items are published, renewed and read.</summary>
    public Scenario WithItems(int items) => this with { Items = items };

    /// <summary>Sets how many lookups are made.</summary>
    public Scenario WithLookups(int lookups) => this with { Lookups = lookups };

    /// <summary>Sets how many lookups are made, and over what time.</summary>
    public Scenario WithLookups(int lookups, TimeSpan duration) => this with { Lookups = lookups, Duration = duration };

    /// <summary>Sets over what time lookups are made.</summary>
    public Scenario Lasting(TimeSpan duration) => this with { Duration = duration };

    /// <summary>Sets what is looked for.</summary>
    public Scenario LookingFor(Workload workload) => this with { Workload = workload };

    /// <summary>Switches defences of the library off, to see what they are worth.</summary>
    public Scenario Without(Defences defences) => this with { Undefended = defences };

    /// <summary>Sets when lookups begin, counted from the end of the preparations.</summary>
    public Scenario StartingLookups(TimeSpan time) => this with { FirstLookup = time };

    /// <summary>Lets the seed draw more faults.</summary>
    public Scenario WithRandomFaults() => this with { HasRandomFaults = true };

    /// <summary>The C# expression that makes it.</summary>
    public string ToCode() => ScenarioCode.Of(this);

    /// <summary>Lets something happen.</summary>
    /// <param name="time">When, counted from the end of the preparations. What is due after <see cref="Duration"/> does not happen.</param>
    /// <param name="fault">What.</param>
    public Scenario At(TimeSpan time, Fault fault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(fault);
        return this with { Steps = [.. Steps.TakeWhile(step => step.At <= time), new(time, fault), .. Steps.SkipWhile(step => step.At <= time)] };
    }
}
