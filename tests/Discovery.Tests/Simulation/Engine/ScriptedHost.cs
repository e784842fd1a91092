using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Engine;

/// <summary>A host that does what a test tells it: it notes what comes, sends what it is given, and is called when it wants to be.</summary>
internal sealed class ScriptedHost(PeerEndPoint endPoint) : SimulatedHost(endPoint)
{
    private readonly Queue<(byte[] Datagram, PeerEndPoint To)> _outgoing = [];

    public ScriptedHost(string endPoint) : this(PeerEndPoint.Parse(endPoint)) { }

    public List<(TimeSpan At, byte[] Datagram, PeerEndPoint From)> Received { get; } = [];

    public List<TimeSpan> Fired { get; } = [];

    /// <summary>When it wants to be called, in this order.</summary>
    public Queue<TimeSpan> Timers { get; } = [];

    /// <summary>What it answers; null for silence.</summary>
    public Func<byte[], byte[]?>? Answer { get; set; }

    public Action? OnTimer { get; set; }

    public override TimeSpan NextTimeout => Timers.TryPeek(out TimeSpan next) ? next : TimeSpan.MaxValue;

    /// <summary>Sends something, once the host is looked after.</summary>
    public void Post(PeerEndPoint to, params byte[] datagram) => _outgoing.Enqueue((datagram, to));

    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
    {
        Received.Add((now, datagram.ToArray(), from));
        byte[] answer = Answer?.Invoke(datagram.ToArray()) ?? [];
        answer.CopyTo(reply);
        return answer.Length;
    }

    public override void HandleTimeout(TimeSpan now)
    {
        Fired.Add(now);
        while (Timers.TryPeek(out TimeSpan next) && next <= now)
            Timers.Dequeue();
        OnTimer?.Invoke();
    }

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
    {
        if (!_outgoing.TryDequeue(out (byte[] Datagram, PeerEndPoint To) next))
        {
            to = default;
            return 0;
        }
        to = next.To;
        next.Datagram.CopyTo(datagram);
        return next.Datagram.Length;
    }
}
