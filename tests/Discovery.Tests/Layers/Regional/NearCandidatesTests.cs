using Discovery.Layers;

namespace Discovery.Tests.Layers.Regional;

public sealed class NearCandidatesTests
{
    private static readonly PeerId Self = Id(0);
    private static readonly PeerEndPoint Own = At(0);

    [Test]
    public void TheNearestAreAskedThreeAtATimeAndFarOnesOnlyWhileNobodyIsNear()
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        foreach (int rtt in new[] { 90, 70, 100, 80 })
            Assert.That(candidates.Know(Peer(rtt, rtt)), Is.EqualTo(rtt < 90 && rtt != 80 || rtt == 90), $"{rtt} ms");
        Assert.That(Asked(candidates), Is.EqualTo(new[] { 70, 80, 90 }));
        candidates.Answered(new(Id(70), At(70), default, 0), []);
        candidates.Know(Peer(1, 30));
        candidates.Know(Peer(2, 20));
        Assert.That(Asked(candidates), Is.EqualTo(new[] { 2 }));
        candidates.Answered(new(Id(80), At(80), default, 0), []);
        Assert.That(Asked(candidates), Is.EqualTo(new[] { 1 }));
        candidates.Answered(new(Id(90), At(90), default, 0), []);
        Assert.That(Asked(candidates), Is.Empty, "three answers that led nowhere, and one far peer is left");
        Assert.That(Taken(candidates), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void AnAnswerIsFollowedUntilFourHaveLedNoNearer()
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        candidates.Know(Peer(99, 80));
        NearContact contact = candidates.NextToAsk()!;
        candidates.Answered(contact, Enumerable.Range(1, 20).Select(static number => (Id(number), At(number))));
        NearProbe[] probes = Probes(candidates);
        Assert.That(probes.Select(static probe => probe.EndPoint), Is.EqualTo(new[] { At(1), At(2), At(3), At(4) }));
        candidates.Probed(probes[0], null);
        candidates.Probed(probes[1], Peer(2, 120));
        Assert.That(Probes(candidates), Is.Empty);
        candidates.Probed(probes[2], Peer(3, 70));
        Assert.That(Probes(candidates).Select(static probe => probe.EndPoint), Is.EqualTo(new[] { At(5) }), "nearer than all before");
        candidates.Probed(probes[3], Peer(4, 5));
        Assert.That(Probes(candidates).Select(static probe => probe.EndPoint), Is.EqualTo(new[] { At(6) }), "near");
        Assert.That(Taken(candidates), Is.EqualTo(new[] { 4 }));
        Assert.That(Asked(candidates), Is.EqualTo(new[] { 4 }));
    }

    [Test]
    public void WhoeverIsKnownOrTriedIsNotProbedAgain()
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        candidates.Know(Peer(1, 5));
        candidates.Know(Peer(5, 80));
        NearContact contact = candidates.NextToAsk()!;
        candidates.Answered(contact, [(Self, At(9)), (Id(8), Own), (Id(1), At(7)), (Id(6), At(1)), (Id(5), At(5)), (Id(2), At(2)), (Id(3), At(2)), (Id(4), At(4)), (Id(7), At(7))]);
        Assert.That(Probes(candidates).Single().EndPoint, Is.EqualTo(At(2)), "this peer and the known ones cost nothing; the next is at a place from which an answer is yet to come");
        candidates.Answered(contact, [(Id(2), At(2)), (Id(10), At(10))]);
        Assert.That(Probes(candidates), Is.Empty, "so it is for others");
    }

    [Test]
    public void WhatComesOfAProbeCountsForAllWhoNamedThatPlace()
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        candidates.Know(Peer(1, 80));
        NearContact contact = candidates.NextToAsk()!;
        candidates.Answered(contact, Enumerable.Range(2, 20).Select(static number => (Id(number), At(number))));
        candidates.Answered(contact, Enumerable.Range(2, 20).Select(static number => (Id(number), At(number))));
        int count = 0;
        while (candidates.NextToProbe() is { } probe)
        {
            candidates.Probed(probe, null);
            count++;
        }
        Assert.That(count, Is.EqualTo(4), "two who name the same dead ones cost no more than one");
    }

    [Test]
    public void RoundsAndQuestionsAreBounded([Values(1, 2, 5)] int rounds, [Values(1, 2, 5)] int asked)
    {
        NearCandidates candidates = new(new() { MaxRounds = rounds, MaxAsked = asked }, Self, [Own]);
        candidates.Know(Peer(1, 40));
        int number = 1, questions = 0;
        for (; candidates.NextToAsk() is { } contact; questions++)
        {
            candidates.Answered(contact, [(Id(++number), At(number))]);
            candidates.Probed(candidates.NextToProbe()!, Peer(number, 40 - number));
        }
        Assert.That(questions, Is.EqualTo(Math.Min(rounds, asked)));
        Assert.That(Taken(candidates), Has.Count.EqualTo(questions + 1));
    }

    [Test]
    public void WhoeverIsKnownButNotMeasuredMayBeProbed()
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        Assert.That(candidates.Know(Peer(1, 5) with { Rtt = null }), Is.False);
        NearLead lead = candidates.Open(1);
        NearCandidates.Sight(lead, Id(1), At(1));
        NearCandidates.Sight(lead, null, At(2));
        candidates.Probed(candidates.NextToProbe()!, Peer(1, 50));
        Assert.That(Taken(candidates), Is.EqualTo(new[] { 1 }), "as near as can be");
        candidates.Probed(candidates.NextToProbe()!, Peer(2, 51));
        Assert.That(Taken(candidates), Is.Empty);
    }

    [Test]
    public void WhoseAnswerLedNowhereIsAskedLastInTheNextSearch()
    {
        NearHistory history = new();
        List<int> asked = [];
        for (int search = 0; search < 4; search++)
        {
            NearCandidates candidates = new(new(), Self, [Own], history);
            for (int number = 1; number <= 9; number++)
                candidates.Know(Peer(number, number));
            while (candidates.NextToAsk() is { } contact)
            {
                asked.Add(Number(contact.Id));
                candidates.Answered(contact, [(Id(1), At(1))]);
            }
        }
        Assert.That(asked, Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 }));
    }

    [Test]
    public void OnlyWhoeverIsWrongAboutAllOfFourLies([Values] bool oneIsFar)
    {
        NearCandidates candidates = new(new(), Self, [Own]);
        candidates.Know(Peer(99, 5));
        candidates.Answered(candidates.NextToAsk()!, Enumerable.Range(1, 20).Select(static number => (Id(number), At(number))));
        foreach (NearProbe probe in Probes(candidates))
            candidates.Probed(probe, oneIsFar && probe.EndPoint == At(2) ? Peer(2, 200) : null);
        Assert.That(candidates.TryTakeLiar(out PeerId liar), Is.EqualTo(!oneIsFar));
        Assert.That(liar, Is.EqualTo(oneIsFar ? default : Id(99)));
    }

    [Test]
    public void WhateverIsAnsweredItEnds([Range(1, 20)] int seed)
    {
        Random random = new(seed);
        RegionalLayerOptions options = new() { MaxAsked = random.Next(1, 30), MaxRounds = random.Next(1, 8) };
        NearCandidates candidates = new(options, Self, [Own]);
        for (int i = 1; i <= 5; i++)
            candidates.Know(Peer(i, random.Next(1, 200)));
        List<NearContact> asking = [];
        List<NearProbe> probing = [];
        int asked = 0, probed = 0;
        HashSet<PeerEndPoint> places = [];
        while (true)
        {
            while (candidates.NextToAsk() is { } contact)
            {
                asking.Add(contact);
                asked++;
            }
            while (candidates.NextToProbe() is { } probe)
            {
                probing.Add(probe);
                Assert.That(places.Add(probe.EndPoint), Is.True, "each place once");
                probed++;
            }
            Assert.That((asking.Count <= 3, probing.Count <= 8), Is.EqualTo((true, true)));
            if (asking.Count + probing.Count == 0)
                break;
            if (asking.Count > 0 && (probing.Count == 0 || random.Next(2) == 0))
            {
                candidates.Answered(asking[0], [.. Enumerable.Range(0, 20).Select(_ => random.Next(1, 5000)).Select(static number => (Id(number), At(number)))]);
                asking.RemoveAt(0);
            }
            else
            {
                NearProbe probe = probing[0];
                probing.RemoveAt(0);
                candidates.Probed(probe, random.Next(3) == 0 ? null : Peer(Number(probe.Id!.Value), random.Next(1, 200)));
            }
        }
        Assert.That(asked, Is.LessThanOrEqualTo(options.MaxAsked));
        Assert.That(probed, Is.LessThanOrEqualTo(20 * options.MaxAsked));
    }

    private static PeerId Id(int number)
    {
        byte[] key = new byte[PeerId.Size];
        BitConverter.TryWriteBytes(key, number);
        return new(key);
    }

    private static int Number(PeerId id) => BitConverter.ToInt32(id.ToArray());

    private static PeerEndPoint At(int number) => new(0x0A000000u + (uint)number, 9);

    private static PeerInfo Peer(int number, int rtt) => new() { Id = Id(number), EndPoints = [At(number)], Rtt = TimeSpan.FromMilliseconds(rtt) };

    private static List<int> Asked(NearCandidates candidates)
    {
        List<int> asked = [];
        while (candidates.NextToAsk() is { } contact)
            asked.Add(Number(contact.Id));
        return asked;
    }

    private static NearProbe[] Probes(NearCandidates candidates)
    {
        List<NearProbe> probes = [];
        while (candidates.NextToProbe() is { } probe)
            probes.Add(probe);
        return [.. probes];
    }

    private static List<int> Taken(NearCandidates candidates)
    {
        List<int> taken = [];
        while (candidates.TryTake(out PeerInfo? peer))
            taken.Add(Number(peer.Id));
        return taken;
    }
}
