using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class WaitersTests
{
    private readonly Lock _gate = new();
    private int[] _protocol = null!;
    private Waiters<int[]> _waiters = null!;

    [SetUp]
    public void Create() => _waiters = new(_gate, _protocol = [0], "Owner");

    [Test]
    public void AWaitEndsWhenItsConditionIsMet()
    {
        Task one = WaitForAsync(1), two = WaitForAsync(2);
        Assert.That(WaitForAsync(0).IsCompletedSuccessfully, Is.True, "it is met already");
        Look(1);
        Assert.That(() => one, Throws.Nothing);
        Assert.That(two.IsCompleted, Is.False);
        Look(2);
        Assert.That(() => two, Throws.Nothing);
    }

    [Test]
    public async Task AWaitThatWasCancelledIsForgotten()
    {
        using CancellationTokenSource source = new();
        int asked = 0;
        Task wait = _waiters.WaitUntilAsync(_ => ++asked > 100, source.Token);
        await source.CancelAsync();
        Assert.That(() => wait, Throws.InstanceOf<OperationCanceledException>());
        Look(1);
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public void ClosingFailsEveryWait()
    {
        Task before = WaitForAsync(1);
        lock (_gate)
            _waiters.Close();
        foreach (Task wait in (Task[])[before, WaitForAsync(0)])
            Assert.That(() => wait, Throws.InstanceOf<ObjectDisposedException>().With.Property(nameof(ObjectDisposedException.ObjectName)).EqualTo("Owner"));
    }

    private Task WaitForAsync(int state) => _waiters.WaitUntilAsync(protocol => protocol[0] == state, CancellationToken.None);

    private void Look(int state)
    {
        lock (_gate)
        {
            _protocol[0] = state;
            _waiters.Look();
        }
    }
}
