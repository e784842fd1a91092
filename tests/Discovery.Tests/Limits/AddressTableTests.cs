using System.Runtime.CompilerServices;
using Discovery.Limits;
using Discovery.Tests.Support;

namespace Discovery.Tests.Limits;

public sealed class AddressTableTests
{
    [Test]
    public void BehavesLikeAListInOrderOfUse([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        AddressTable<int> table = new(100);
        List<(PeerEndPoint Key, int State)> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            PeerEndPoint key = new((uint)random.Next(300), 0);
            int at = model.FindIndex(entry => entry.Key == key);
            ref int state = ref table.Find(key);
            Assert.That(Unsafe.IsNullRef(ref state), Is.EqualTo(at < 0));
            if (at >= 0)
            {
                Assert.That(state, Is.EqualTo(model[at].State));
                state = step;
                model.RemoveAt(at);
                model.Add((key, step));
            }
            // Fills up and empties in turns.
            else if (step % 4000 < 2000)
            {
                if (model.Count == 100)
                    model.RemoveAt(0);
                table.Add(key) = step;
                model.Add((key, step));
            }
            else if (model.Count > 0)
            {
                table.RemoveOldest();
                model.RemoveAt(0);
            }
            Assert.That(table.Count, Is.EqualTo(model.Count));
            if (model.Count > 0)
                Assert.That(table.Oldest, Is.EqualTo(model[0].State));
        }
    }

    [Test]
    public void OnePlaceIsEnough()
    {
        AddressTable<int> table = new(1);
        table.Add(new(1, 0)) = 1;
        table.Add(new(2, 0)) = 2;
        Assert.That(Unsafe.IsNullRef(ref table.Find(new(1, 0))), Is.True);
        Assert.That(table.Find(new(2, 0)), Is.EqualTo(2));
    }

    [Test]
    public void AnIdleTableIsSmall()
    {
        AddressTable<long>? table = null;
        Assert.That(Allocations.Of(() => table = new(1 << 20)), Is.LessThan(128));
        GC.KeepAlive(table);
    }
}
