using System.Runtime.ExceptionServices;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Invariants;

namespace Discovery.Simulation;

/// <summary>One run of a scenario: the network is made, its keys are announced, then lookups and faults take their course.</summary>
internal sealed class ScenarioRun
{
    private const int Reports = 200;

    /// <summary>As peers do, see <see cref="PeerStoreLimits.Lifetime"/>.</summary>
    private static readonly TimeSpan AnnouncementInterval = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan AnnouncementLimit = TimeSpan.FromMinutes(2);

    private readonly Scenario _scenario;
    private readonly DhtWorld _world;
    private readonly bool _isPlain;
    private readonly IProgress<SimulationProgress>? _progress;
    private readonly ItemTraffic _items;
    private readonly LookupLog _log;
    private readonly InvariantMonitor _monitor;
    private HostDefectException? _defect;

    public ScenarioRun(Scenario scenario, ulong seed, DhtWorld world, bool isPlain, IProgress<SimulationProgress>? progress)
    {
        (_scenario, _world, _isPlain, _progress) = (scenario, world, isPlain, progress);
        progress?.Report(new(isPlain, 0, 0, 0));
        Guard(() => world.Settle(scenario.Nodes, scenario.DeadEntries));
        _items = new(world, scenario.Items);
        _log = new(world);
        _monitor = new(world, _log, seed);
        _items.Started += _monitor.Watch;
        _items.Wrong += detail => _monitor.Report(RuleNames.Item, detail);
    }

    /// <summary>The lookups and what became of them.</summary>
    public LookupLog Lookups => _log;

    /// <summary>What did not hold.</summary>
    public IReadOnlyList<BrokenInvariant> Broken => _monitor.Broken;

    /// <summary>Announces the keys and publishes the items.</summary>
    public void Prepare() => Guard(() =>
    {
        _items.Publish();
        if (_scenario.Workload == Workload.Items)
            _world.Items.Store(_scenario.Keys);
        else
            Announce();
    });

    /// <summary>Lets lookups and faults take their course.</summary>
    public void Play()
    {
        TimeSpan begin = _log.Begin();
        for (int i = 0; i < _scenario.Lookups; i++)
            _world.Internet.At(begin + _scenario.FirstLookup + (_scenario.Duration - _scenario.FirstLookup) * _world.Random.NextDouble(), Look);
        _items.Begin(_scenario.Duration);
        if (_scenario.Churn is { } sessions)
            new Churn(_world, sessions).Begin();
        foreach ((TimeSpan time, Fault fault) in _scenario.Steps)
            if (time <= _scenario.Duration)
                _world.Internet.At(begin + time, () => fault.Apply(_world));
        for (int i = 1; i <= Reports && _defect is null; i++)
        {
            Guard(() => _world.Internet.RunUntil(begin + _scenario.Duration * i / Reports));
            _progress?.Report(new(_isPlain, (double)i / Reports, _log.Count, _world.Internet.Sent));
            _world.Internet.CancellationToken.ThrowIfCancellationRequested();
        }
        Guard(() => _world.Internet.RunUntil(() => _log.InFlight == 0, _world.Now + OperationWatch.Limit + TimeSpan.FromSeconds(2)));
        if (_defect is not null)
            _monitor.Report(_defect.Rule, _defect.Message);
        _monitor.Finish();
    }

    /// <summary>Somebody looks for something, if anybody is there.</summary>
    private void Look()
    {
        if (_world.RandomAsker() is { } asker)
            _log.Start(asker, _world.Keys[_world.Random.Next(_world.Keys.Count)]);
    }

    private void Announce()
    {
        int running = 0;
        for (int i = 0; i < _scenario.Keys; i++)
        {
            NodeId key = NodeId.CreateRandom(_world.Random);
            _world.Keys.Add(key);
            running++;
            Announce(_world.RandomNode(), key, () => running--);
        }
        _world.Internet.RunUntil(() => running == 0, _world.Now + AnnouncementLimit);
    }

    /// <summary>Announces a host under a key, and again and again while it is there; when it has gone another one takes its place.</summary>
    private void Announce(KademliaHost? host, NodeId key, Action? done = null)
    {
        if (host is not { IsUp: true })
            host = _world.RandomMember();
        if (host is not null)
        {
            AnnounceLookup announce = host.Call(_world.Now, (node, local) => node.Announce(key, (ushort)host.EndPoint.Port, true, true, local));
            announce.Completed = _ => done?.Invoke();
            _world.Announcements.Note(key, host, _world.Options.PeerStore.Lifetime);
            _monitor.Watch(host, announce);
            _world.Start(host, announce);
        }
        _world.Internet.At(_world.Now + AnnouncementInterval * (0.9 + 0.2 * _world.Random.NextDouble()), () => Announce(host, key));
    }

    /// <summary>What a node does that it must not is a finding, and the seed that leads there is worth more than the stack alone. Whatever else is thrown is the simulator's own, or its caller's.</summary>
    private void Guard(Action run)
    {
        if (_defect is not null)
            return;
        try
        {
            run();
        }
        catch (HostDefectException defect)
        {
            _defect = defect;
        }
        catch (ListenerFailure failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
        }
    }
}
