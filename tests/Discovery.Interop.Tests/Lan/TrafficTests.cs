using Discovery.Interop.Tests.Support;
using Discovery.Mdns;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Lan;

/// <summary>A full network: 500 services of ten hosts, browsed by us and then by Avahi, with every datagram counted.</summary>
public sealed class TrafficTests
{
    private const int Announcers = 10, ServicesEach = 50, Ours = 11, Theirs = 12;
    private const string Type = "_load._udp";

    /// <summary>Questions are asked at once, after 1 s and after 2 s more: in this time three times.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(6);

    [Test]
    public async Task FiveHundredServicesAreFoundWithNoMoreTrafficThanAvahiNeeds()
    {
        Avahi.Require();
        List<MdnsHost> hosts = [];
        try
        {
            List<Task> announced = [];
            for (int host = 1; host <= Announcers; host++)
            {
                hosts.Add(LanLab.StartHost(host));
                for (int i = 0; i < ServicesEach; i++)
                    announced.Add(hosts[^1].Publish(new() { Instance = $"service {i} of host {host}", Type = Type, Port = 7 }).WaitUntilAnnouncedAsync());
            }
            await Task.WhenAll(announced).WaitAsync(TimeSpan.FromSeconds(60));
            // The second announcement, and what was asked in between.
            await Task.Delay(TimeSpan.FromSeconds(4));
            using Capture capture = new(Ours);
            capture.Take();

            HashSet<string> found = [];
            (long Packets, long Bytes) start = await LanLab.CountAsync();
            await using (MdnsHost browser = LanLab.StartHost(Ours))
                await FindAsync(browser, found);
            (long Packets, long Bytes) ours = Since(start, await LanLab.CountAsync());
            Capture.Seen[] oursSeen = capture.Take();

            // Only now, so that it has heard nothing before it asks.
            await using Avahi avahi = await Avahi.StartAsync(Theirs);
            await Task.Delay(TimeSpan.FromSeconds(2));
            capture.Take();

            HashSet<string> seen = [];
            start = await LanLab.CountAsync();
            await using (ChildProcess browse = LanLab.StartAvahi(Theirs, "avahi-browse", "-rp", Type))
            {
                await Task.Delay(Watched);
                foreach (string line in browse.Lines(0))
                    if (line.StartsWith('='))
                        seen.Add(line.Split(';')[3]);
            }
            (long Packets, long Bytes) theirs = Since(start, await LanLab.CountAsync());
            Tell("ours", found.Count, ours, oursSeen);
            Tell("Avahi", seen.Count, theirs, capture.Take());
            Assert.That(found, Has.Count.EqualTo(Announcers * ServicesEach));
            Assert.That(ours.Bytes, Is.LessThan(theirs.Bytes * 1.2), "bytes beside Avahi's");
            AssertSuppressed(oursSeen);
        }
        finally
        {
            foreach (MdnsHost host in hosts)
                await host.DisposeAsync();
        }
    }

    /// <summary>Each later question names what is known, and nobody says that again. What got lost at first is no part of it.</summary>
    private static void AssertSuppressed(Capture.Seen[] seen)
    {
        int named = 0, repeated = 0;
        foreach (bool ipv4 in (bool[])[true, false])
        {
            HashSet<string> known = [];
            foreach (Capture.Seen one in seen.Where(one => one.Source.IsIPv4 == ipv4))
            {
                if (one.IsResponse)
                    repeated += one.Pointers.Count(known.Contains);
                else
                    named += one.Pointers.Count(known.Add);
            }
        }
        Assert.That(named, Is.GreaterThan(2 * Announcers * ServicesEach * 0.95), "known answers, over both families");
        Assert.That(repeated, Is.LessThan(Announcers * ServicesEach / 50), "answers to what is known");
    }

    private static async Task FindAsync(MdnsHost browser, HashSet<string> found)
    {
        using CancellationTokenSource end = new(Watched);
        try
        {
            await foreach (ServiceEvent change in browser.BrowseAsync(Type, null, end.Token))
            {
                Assert.That(change.Change, Is.Not.EqualTo(ServiceChange.Lost));
                found.Add(change.Service.Instance);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.That(end.IsCancellationRequested);
        }
    }

    private static (long Packets, long Bytes) Since((long Packets, long Bytes) start, (long Packets, long Bytes) end) => (end.Packets - start.Packets, end.Bytes - start.Bytes);

    private static void Tell(string who, int found, (long Packets, long Bytes) sent, Capture.Seen[] seen) => TestContext.Out.WriteLine(
        $"{who}: {found} found; {sent.Packets} packets, {sent.Bytes} bytes on the bridge; of them multicast {seen.Length} datagrams, {seen.Sum(static seen => seen.Bytes)} bytes: "
        + $"{seen.Count(static seen => !seen.IsResponse)} queries ({seen.Where(static seen => !seen.IsResponse).Sum(static seen => seen.Bytes)} bytes, {seen.Where(static seen => !seen.IsResponse).Sum(static seen => seen.Pointers.Count)} known answers), "
        + $"{seen.Count(static seen => seen.IsResponse)} responses ({seen.Where(static seen => seen.IsResponse).Sum(static seen => seen.Pointers.Count)} pointers)");
}
