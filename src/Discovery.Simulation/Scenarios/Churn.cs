using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Lets every node leave when its session ends, and another one come in its place.</summary>
internal sealed class Churn(DhtWorld world, SessionLength sessions)
{
    public void Begin()
    {
        for (int i = 0; i < world.Nodes.Count; i++)
            EndAfter(world.Nodes[i], sessions.DrawRest(world.Random));
        world.Joined += host => EndAfter(host, sessions.Draw(world.Random));
    }

    private void EndAfter(KademliaHost host, TimeSpan length) => world.Internet.At(world.Now + length, () =>
    {
        // Something else may have ended it before.
        if (!host.IsUp)
            return;
        world.Stop(host);
        world.Join();
    });
}
