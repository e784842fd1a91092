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
    public required string Name { get; init => field = Check.NotNull(value, nameof(Name)); }

    /// <summary>What it shows, in a sentence.</summary>
    public string Description { get; init => field = Check.NotNull(value, nameof(Description)); } = "";

    /// <summary>How many nodes there are when it begins.</summary>
    /// <value>2 to 10 000 000. Default 1000.</value>
    public int Nodes { get; init => field = ScenarioRanges.Nodes(value, nameof(Nodes)); } = 1000;

    /// <summary>What the network does to datagrams.</summary>
    /// <value>Default: round trips as on the Internet, and no losses.</value>
    public NetworkConditions Conditions { get; init => field = Check.NotNull(value, nameof(Conditions)); } = new();

    /// <summary>What part of the nodes is behind NATs of which kind; the others have public addresses.</summary>
    /// <value>Default none. The parts make 1 at most.</value>
    public IReadOnlyList<NatShare> Nat { get; init => field = ScenarioRanges.Nat(value, nameof(Nat)); } = [];

    /// <summary>The part of the routing tables' entries that is dead when the lookups begin.</summary>
    /// <value>0 to 0.9. Default 0. From a half on small networks fall apart at once.</value>
    public double DeadEntries { get; init => field = ScenarioRanges.DeadEntries(value, nameof(DeadEntries)); }

    /// <summary>How long nodes stay; for each that leaves another one joins. Null when nobody leaves.</summary>
    /// <value>Default null.</value>
    public SessionLength? Churn { get; init; }

    /// <summary>What is looked for.</summary>
    /// <value>Default <see cref="Workload.Peers"/>.</value>
    public Workload Workload { get; init => field = Check.Known(value, nameof(Workload)); }

    /// <summary>The defences of the library that are switched off.</summary>
    /// <value>Default none.</value>
    public Defences Undefended { get; init => field = Check.Known(value, nameof(Undefended)); }

    /// <summary>How many keys are announced, or items stored, before anything else happens.</summary>
    /// <value>1 to 1 000 000. Default 200.</value>
    public int Keys { get; init => field = ScenarioRanges.Keys(value, nameof(Keys)); } = 200;

    /// <summary>How many lookups are made, evenly spread by chance from <see cref="FirstLookup"/> to the end of <see cref="Duration"/>.</summary>
    /// <value>0 to 10 000 000; with 0 nothing is known of success and latency. Default 1000.</value>
    public int Lookups { get; init => field = ScenarioRanges.Lookups(value, nameof(Lookups)); } = 1000;

    /// <summary>When lookups begin: faults may have worked for a while by then.</summary>
    /// <value>0 to 365 days, and not after <see cref="Duration"/>, at which <see cref="Simulator"/> looks. Default 0.</value>
    public TimeSpan FirstLookup { get; init => field = ScenarioRanges.FirstLookup(value, nameof(FirstLookup)); }

    /// <summary>How many signed items (BEP 44) are published, renewed and read beside the lookups.</summary>
    /// <value>0 to 1 000 000. Default 0.</value>
    public int Items { get; init => field = ScenarioRanges.Items(value, nameof(Items)); }

    /// <summary>How long it lasts, until the last lookup begins.</summary>
    /// <value>Longer than zero, 365 days at most. Default 5 min.</value>
    public TimeSpan Duration { get; init => field = ScenarioRanges.Duration(value, nameof(Duration)); } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the seed draws more: what the network does, how long nodes stay, and faults of all kinds. The report's scenario has what was drawn.</summary>
    /// <value>Default false.</value>
    public bool HasRandomFaults { get; init; }

    /// <summary>What befalls the network, in the order of time.</summary>
    /// <value>Default nothing. What is due after <see cref="Duration"/> does not happen.</value>
    public IReadOnlyList<ScenarioStep> Steps { get; init => field = ScenarioRanges.Steps(value, nameof(Steps)); } = [];

    /// <summary>A thousand nodes to which nothing happens.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public static Scenario Create(string name) => new() { Name = Check.NotNull(name) };

    /// <summary>Says what it shows.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public Scenario WithDescription(string description) => this with { Description = Check.NotNull(description) };

    /// <summary>Sets <see cref="Nodes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="Nodes"/>.</exception>
    public Scenario WithNodes(int nodes) => this with { Nodes = ScenarioRanges.Nodes(nodes) };

    /// <summary>Sets the probability that a datagram is lost, 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 1.</exception>
    public Scenario WithLoss(double loss) => this with { Conditions = Conditions with { Loss = Check.Part(loss) } };

    /// <summary>Sets by how much the ways of datagrams vary, as a part of them: 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 1.</exception>
    public Scenario WithJitter(double jitter) => this with { Conditions = Conditions with { Jitter = Check.Part(jitter) } };

    /// <summary>Sets how far hosts are from each other.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public Scenario WithLatency(ILatencyModel latency) => this with { Conditions = Conditions with { Latency = Check.NotNull(latency) } };

    /// <summary>Sets all that the network does to datagrams.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public Scenario WithConditions(NetworkConditions conditions) => this with { Conditions = Check.NotNull(conditions) };

    /// <summary>Puts a part of the nodes behind NATs of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="part">The part of all nodes, 0 to 1.</param>
    /// <param name="hostsBehindOne">How many share one NAT: 1 to 250.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not within its range, or more than all nodes are behind NATs.</exception>
    public Scenario WithNat(NatKind kind, double part, int hostsBehindOne = 1) =>
        this with { Nat = ScenarioRanges.Nat([.. Nat, new NatShare(Check.Known(kind), Check.Part(part), Check.Within(hostsBehindOne, 1, NatDevice.MaxHosts))], nameof(part)) };

    /// <summary>Puts a part of the nodes behind NATs, beside those that are so already.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More than all nodes are behind NATs.</exception>
    public Scenario WithNat(NatShare share) => this with { Nat = ScenarioRanges.Nat([.. Nat, share], nameof(share)) };

    /// <summary>Sets the part of the routing tables' entries that is dead at the start, 0 to 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="DeadEntries"/>.</exception>
    public Scenario WithDeadEntries(double part) => this with { DeadEntries = ScenarioRanges.DeadEntries(part) };

    /// <summary>Sets how long nodes stay.</summary>
    public Scenario WithChurn(SessionLength? sessions) => this with { Churn = sessions };

    /// <summary>Sets how many keys are announced.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="Keys"/>.</exception>
    public Scenario WithKeys(int keys) => this with { Keys = ScenarioRanges.Keys(keys) };

    /// <summary>Sets how many signed items are published, renewed and read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="Items"/>.</exception>
    public Scenario WithItems(int items) => this with { Items = ScenarioRanges.Items(items) };

    /// <summary>Sets how many lookups are made.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="Lookups"/>.</exception>
    public Scenario WithLookups(int lookups) => this with { Lookups = ScenarioRanges.Lookups(lookups) };

    /// <summary>Sets how many lookups are made, and over what time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not within the range of <see cref="Lookups"/> or <see cref="Duration"/>.</exception>
    public Scenario WithLookups(int lookups, TimeSpan duration) => this with { Lookups = ScenarioRanges.Lookups(lookups), Duration = ScenarioRanges.Duration(duration) };

    /// <summary>Sets over what time lookups are made.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="Duration"/>.</exception>
    public Scenario Lasting(TimeSpan duration) => this with { Duration = ScenarioRanges.Duration(duration) };

    /// <summary>Sets what is looked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of these.</exception>
    public Scenario LookingFor(Workload workload) => this with { Workload = Check.Known(workload) };

    /// <summary>Switches defences of the library off, to see what they are worth.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such defences.</exception>
    public Scenario Without(Defences defences) => this with { Undefended = Check.Known(defences) };

    /// <summary>Sets when lookups begin, counted from the end of the preparations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the range of <see cref="FirstLookup"/>.</exception>
    public Scenario StartingLookups(TimeSpan time) => this with { FirstLookup = ScenarioRanges.FirstLookup(time) };

    /// <summary>Lets the seed draw more faults.</summary>
    public Scenario WithRandomFaults() => this with { HasRandomFaults = true };

    /// <summary>The C# expression that makes it.</summary>
    public string ToCode() => ScenarioCode.Of(this);

    /// <summary>Lets something happen.</summary>
    /// <param name="time">When, counted from the end of the preparations. What is due after <see cref="Duration"/> does not happen.</param>
    /// <param name="fault">What.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ArgumentNullException">There is no fault.</exception>
    public Scenario At(TimeSpan time, Fault fault)
    {
        Check.Within(time, TimeSpan.Zero, TimeSpan.MaxValue);
        Check.NotNull(fault);
        return this with { Steps = [.. Steps.TakeWhile(step => step.At <= time), new(time, fault), .. Steps.SkipWhile(step => step.At <= time)] };
    }
}
