using System.Net;

namespace Discovery.Tests.Contracts;

public sealed class DiscoveryOptionsTests
{
    [Test]
    public void ByDefaultNobodyOutsideThisMachineIsTold()
    {
        DiscoveryOptions options = new();
        Assert.That(options.Listen, Is.EqualTo(new[] { new IPEndPoint(IPAddress.Loopback, 0) }));
        Assert.That(options.Advertised, Is.Empty);
        Assert.That(options.Strategy, Is.EqualTo(DiscoveryStrategy.Hybrid));
        Assert.That(options.SupportedProtocols, Is.EqualTo(new[] { "1.0" }));
        Assert.That(options.Timing.AnnounceInterval, Is.LessThan(options.Timing.RecordLifetime));
    }

    [Test]
    public void ListsDoNotChangeAfterwards()
    {
        List<string> capabilities = ["a"];
        DiscoveryOptions options = new() { Capabilities = capabilities };
        capabilities.Add("b");
        Assert.That(options.Capabilities, Is.EqualTo(new[] { "a" }));
        Assert.That(options with { Region = "r" }, Has.Property(nameof(DiscoveryOptions.Capabilities)).SameAs(options.Capabilities));
    }

    private static readonly Func<DiscoveryOptions>[] Wrong =
    [
        static () => new() { Listen = [] },
        static () => new() { Listen = null! },
        static () => new() { Listen = [.. Enumerable.Repeat(new IPEndPoint(IPAddress.Loopback, 0), 9)] },
        static () => new() { Advertised = [.. Enumerable.Repeat(new IPEndPoint(IPAddress.Loopback, 1), 9)] },
        static () => new() { Capabilities = [""] },
        static () => new() { Capabilities = [null!] },
        static () => new() { Capabilities = ["a", "a"] },
        static () => new() { Capabilities = [new string('ü', 33)] },
        static () => new() { Capabilities = [.. Enumerable.Range(0, 33).Select(static i => $"{i}")] },
        static () => new() { Region = "" },
        static () => new() { Region = new string('r', 65) },
        static () => new() { SupportedProtocols = [] },
        static () => new() { SupportedProtocols = [null!] },
        static () => new() { ServiceUris = [null!] },
        static () => new() { ServiceUris = [new("http://a/")] },
        static () => new() { ServiceUris = [new("/a", UriKind.Relative)] },
        static () => new() { Capacity = new() { LoadPercent = 101 } },
        static () => new() { Capacity = new() { LoadPercent = -1 } },
        static () => new() { Capacity = new() { StorageMiB = -1 } },
        static () => new() { Timing = new() { RecordLifetime = TimeSpan.FromHours(25) } },
        static () => new() { Timing = new() { RecordLifetime = TimeSpan.FromMilliseconds(999) } },
        static () => new() { Timing = new() { DiscoveryTimeout = TimeSpan.Zero } },
        static () => new() { Limits = new() { MaxPeers = 0 } },
    ];

    [Test]
    public void NoTimeIsLongerThanTimersCanWait()
    {
        TimeSpan longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1) / 1.1;
        foreach (System.Reflection.PropertyInfo property in typeof(DiscoveryTiming).GetProperties().Where(static property => property.PropertyType == typeof(TimeSpan) && property.Name != nameof(DiscoveryTiming.RecordLifetime)))
            foreach (TimeSpan set in (TimeSpan[])[TimeSpan.MaxValue, TimeSpan.MaxValue - TimeSpan.FromTicks(1), TimeSpan.FromDays(50)])
            {
                DiscoveryTiming timing = new();
                property.SetValue(timing, set);
                bool isOff = property.Name is nameof(DiscoveryTiming.SampleInterval) or nameof(DiscoveryTiming.DiscoverInterval) && set == TimeSpan.MaxValue;
                Assert.That(property.GetValue(timing), isOff ? Is.EqualTo(set) : Is.InRange(TimeSpan.FromDays(30), longest), property.Name);
            }
    }

    [Test]
    public void NeitherAreThoseOfLayers()
    {
        Assert.That(new RegionalLayerOptions { MaxRtt = TimeSpan.MaxValue }.MaxRtt, Is.EqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(new LocalLayerOptions { LookTime = TimeSpan.MaxValue }.LookTime, Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [TestCaseSource(nameof(Wrong))]
    public void WrongValuesAreArgumentErrors(Func<DiscoveryOptions> create) => Assert.That(create, Throws.InstanceOf<ArgumentException>());

    [Test]
    public void AMissingListIsNamedAsTheCallerKnowsIt() =>
        Assert.That(static () => new DiscoveryOptions { Capabilities = null! }, Throws.ArgumentNullException.With.Property(nameof(ArgumentException.ParamName)).EqualTo("value"));
}
