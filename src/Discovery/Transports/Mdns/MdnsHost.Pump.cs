using Discovery.Limits;
using Discovery.Mdns;

namespace Discovery.Transports;

/// <content>Datagrams and time in, datagrams and news out.</content>
public sealed partial class MdnsHost
{
    private void Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, int link, bool viaMulticast)
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            if (_isDisposed || !_links.ContainsKey(link) || _guard.Check(source, now) != FloodVerdict.Accept)
                return;
            try
            {
                _node.Receive(datagram, source, link, viaMulticast, now);
                _node.HandleTimeout(now);
            }
            finally
            {
                Flush(now);
            }
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            TimeSpan now = Now;
            _timerDue = TimeSpan.MaxValue;
            try
            {
                _node.HandleTimeout(now);
                Flush(now);
            }
            catch (Exception exception)
            {
                // Nothing that one record has done may silence the host.
                if (long.IsPow2(++_failures))
                    MdnsHostLog.TimerFailed(_logger, _failures, exception);
                Arm(now + s_checkInterval, now);
            }
        }
    }

    /// <summary>Sends what the node wants sent, tells the searches, and sets the timer. Called with the gate held, after everything that may have changed the node.</summary>
    private void Flush(TimeSpan now)
    {
        if (_timer is null || _isDisposed)
            return;
        int length;
        while ((length = _node.PollTransmit(_buffer, now, out PeerEndPoint destination, out int link)) > 0)
        {
            if (!_links.TryGetValue(link, out Link? on))
                continue;
            Exception? error = on.Socket.Send(_buffer.AsSpan(0, length), destination);
            // That one asker cannot be reached says nothing of the link.
            if (destination == MdnsNode.GroupIPv4 || destination == MdnsNode.GroupIPv6)
                Note(link, on, error, now);
        }
        foreach (ServiceWatch watch in _watches)
            watch.Collect();
        Waiters.Look();
        Arm(_node.NextTimeout, now);
    }

    /// <summary>Takes what has become of a multicast.</summary>
    private void Note(int id, Link link, Exception? error, TimeSpan now)
    {
        link.SendError = error;
        _node.NoteSent(id, error is null, now);
    }

    /// <summary>An earlier time moves the timer; a later one lets it fire and look again.</summary>
    private void Arm(TimeSpan due, TimeSpan now)
    {
        if (due >= _timerDue || _timer is null)
            return;
        _timerDue = due;
        // Up to the next millisecond: the system's timers cut the rest off, and would fire in vain until it has passed.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((due - now).TotalMilliseconds), 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
