using Discovery.Simulation;

namespace Discovery.Tests.Simulation.Services;

/// <summary>Whatever an application calls work can be run: that this compiles is most of the test.</summary>
public sealed class RunOverloadsTests
{
    private SimulatedNetwork _network = null!;
    private int _runs;

    [SetUp]
    public void Create() => (_network, _runs) = (new("test", 1), 0);

    [TearDown]
    public void Clear() => _network.Dispose();

    [Test]
    public async Task LambdasNeedNoType()
    {
        await _network.RunAsync(async () => { await Task.Yield(); _runs++; });
        await _network.RunAsync(async () => await ValueAsync());
        await _network.RunAsync(() => TaskAsync());
        await _network.RunAsync(() => ValueAsync());
        await _network.RunAsync(() => { _runs++; return Task.CompletedTask; }, TimeSpan.FromSeconds(1));
        int[] numbers =
        [
            await _network.RunAsync(async () => { await Task.Yield(); return 1; }),
            await _network.RunAsync(async () => await NumberAsync()),
            await _network.RunAsync(() => NumberAsync()),
            await _network.RunAsync(() => ValueNumberAsync(), TimeSpan.FromSeconds(1)),
            await _network.RunAsync(() => Task.FromResult(5)),
        ];
        Assert.That(_runs, Is.EqualTo(5));
        Assert.That(numbers, Is.EqualTo(new[] { 1, 3, 3, 4, 5 }));
    }

    [Test]
    public async Task MethodGroupsNeedNoType()
    {
        await _network.RunAsync(TaskAsync);
        await _network.RunAsync(ValueAsync);
        await _network.RunAsync(TaskAsync, TimeSpan.FromSeconds(1));
        await _network.RunAsync(ValueAsync, TimeSpan.FromSeconds(1));
        int[] numbers = [await _network.RunAsync(NumberAsync), await _network.RunAsync(ValueNumberAsync)];
        Assert.That(_runs, Is.EqualTo(4));
        Assert.That(numbers, Is.EqualTo(new[] { 3, 4 }));
    }

    [Test]
    public async Task WhatDelegatesAreTypedAsIsCalled()
    {
        Func<Task> task = TaskAsync;
        Func<ValueTask> value = ValueAsync;
        Func<Task<int>> number = NumberAsync;
        Func<ValueTask<int>> valueNumber = ValueNumberAsync;
        await _network.RunAsync(task);
        await _network.RunAsync(value);
        Assert.That(_runs, Is.EqualTo(2));
        Assert.That(await _network.RunAsync(number) + await _network.RunAsync(valueNumber), Is.EqualTo(7));
    }

    [Test]
    public async Task AServiceIsRunWithoutAnyConversion()
    {
        _network.AddPeers(20);
        await using IDiscoveryService service = _network.CreateService();
        Assert.That(await _network.RunAsync(() => service.InitializeAsync()), Is.True);
        DiscoveryResult found = await _network.RunAsync(() => service.DiscoverPeersAsync(3));
        Assert.That(found.Peers, Has.Count.EqualTo(3));
        await _network.RunAsync(service.DisposeAsync);
    }

    [Test]
    public void WhatAnyWorkThrowsComesOut()
    {
        Assert.That(() => _network.RunAsync(() => throw new FormatException()), Throws.TypeOf<FormatException>());
        Assert.That(() => _network.RunAsync(async () => { await Task.Yield(); throw new FormatException(); }), Throws.TypeOf<FormatException>());
        Assert.That(() => _network.RunAsync(() => ValueTask.FromException(new FormatException())), Throws.TypeOf<FormatException>());
        Assert.That(() => _network.RunAsync(() => ValueTask.FromException<int>(new FormatException())), Throws.TypeOf<FormatException>());
        Assert.That(() => _network.RunAsync(() => Task.FromCanceled(new(true))), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => _network.RunAsync(() => (Task)null!), Throws.InvalidOperationException.With.Message.Contains("null"));
        Assert.That(() => _network.RunAsync(() => (Task<int>)null!), Throws.InvalidOperationException.With.Message.Contains("null"));
    }

    [Test]
    public void NoWorkIsAnErrorOfTheCall()
    {
        Action[] calls =
        [
            () => _ = _network.RunAsync(null!),
            () => _ = _network.RunAsync((Func<Task<int>>)null!),
            () => _ = _network.RunAsync((Func<ValueTask>)null!),
            () => _ = _network.RunAsync((Func<ValueTask<int>>)null!),
        ];
        foreach (Action call in calls)
            Assert.That(call, Throws.ArgumentNullException.With.Property(nameof(ArgumentException.ParamName)).EqualTo("work"));
    }

    private async Task TaskAsync()
    {
        await Task.Yield();
        _runs++;
    }

    private async ValueTask ValueAsync()
    {
        await Task.Yield();
        _runs++;
    }

    private static async Task<int> NumberAsync()
    {
        await Task.Yield();
        return 3;
    }

    private static async ValueTask<int> ValueNumberAsync()
    {
        await Task.Yield();
        return 4;
    }
}
