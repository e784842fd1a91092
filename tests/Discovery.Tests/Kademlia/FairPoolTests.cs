using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class FairPoolTests
{
    /// <summary>A long random history, compared step by step with a list that does the same in the obvious way.</summary>
    [Test]
    public void BehavesLikeTheModel([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        FairPool<int> pool = new();
        List<(int Slot, int Value, PeerEndPoint Source, int Weight, TimeSpan Stamp)> model = [];
        for (int step = 0; step < 5000; step++)
        {
            TimeSpan now = TimeSpan.FromSeconds(step);
            int choice = random.Next(10), at = model.Count == 0 ? -1 : random.Next(model.Count);
            // Grows and shrinks in turns, down to nothing.
            if (at < 0 || choice < (step % 1000 < 500 ? 6 : 2))
            {
                PeerEndPoint source = new((uint)random.Next(1, 12), 0);
                int weight = random.Next(100);
                model.Add((pool.Add(step, weight, source, now), step, source, weight, now));
            }
            else if (choice < 7)
            {
                pool.Remove(model[at].Slot);
                model.RemoveAt(at);
            }
            else
            {
                var entry = model[at] with { Stamp = now };
                model.RemoveAt(at);
                model.Add(entry);
                pool.Touch(entry.Slot, now);
            }
            Assert.That(pool.Count, Is.EqualTo(model.Count));
            Assert.That(pool.Weight, Is.EqualTo(model.Sum(entry => entry.Weight)));
            if (model.Count == 0)
                continue;
            Assert.That(pool.Oldest, Is.EqualTo(model[0].Slot));
            Assert.That(pool.Stamp(pool.Oldest), Is.EqualTo(model[0].Stamp));
            PeerEndPoint newcomer = new((uint)random.Next(1, 13), 0);
            var own = model.Where(entry => entry.Source == newcomer).ToList();
            Assert.That(pool.ChargedTo(newcomer), Is.EqualTo((own.Count, own.Sum(entry => entry.Weight))));
            Assert.That(pool.OldestOf(newcomer), Is.EqualTo(own.Count == 0 ? FairPool<int>.None : own[0].Slot));
            int fullest = model.GroupBy(entry => entry.Source).Max(group => group.Count());
            int victim = pool.Victim(newcomer);
            if (fullest > own.Count)
            {
                Assert.That(pool.ChargedTo(pool.SourceOf(victim)).Count, Is.EqualTo(fullest));
                Assert.That(pool.OldestOf(pool.SourceOf(victim)), Is.EqualTo(victim));
            }
            else
            {
                Assert.That(victim, Is.EqualTo(own[0].Slot));
            }
            Assert.That(model.All(entry => pool[entry.Slot] == entry.Value), Is.True);
        }
    }

    [Test]
    public void AmongEquallyFullSourcesTheLeastRecentOnePays()
    {
        FairPool<int> pool = new();
        int[] slots = [.. Enumerable.Range(1, 5).Select(i => pool.Add(i, 1, new PeerEndPoint((uint)i, 0), TimeSpan.FromSeconds(i)))];
        pool.Touch(slots[0], TimeSpan.FromSeconds(6));
        Assert.That(pool[pool.Victim(new PeerEndPoint(9, 0))], Is.EqualTo(2));
    }
}
