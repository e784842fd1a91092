using System.Diagnostics.CodeAnalysis;
using Discovery.Encoding.Dns;
using Discovery.Mdns;

namespace Discovery.Transports;

/// <summary>What one reader has yet to hear of a search: at most one step for each service. Steps that a slow reader has missed are made one, or none if they cancel each other out, so that it never sees a service twice, nor one that is gone.</summary>
/// <remarks>Everything but <see cref="WaitAsync"/> under the host's gate.</remarks>
internal sealed class ServiceWatch(ServiceBrowse browse)
{
    private readonly LinkedList<ServiceEvent> _pending = [];
    private readonly Dictionary<(string Instance, string Type), LinkedListNode<ServiceEvent>> _byService = [];
    private readonly Dictionary<(string Instance, string Type), ServiceInstance> _told = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServiceBrowse Browse => browse;

    /// <summary>How many steps wait.</summary>
    public int Count => _pending.Count;

    /// <exception cref="ArgumentException">There can be no such search.</exception>
    public static void Check(string type, string? subtype)
    {
        DnsName name = DnsSdNames.OfType(type);
        if (subtype is not null)
            DnsSdNames.OfSubtype(name, subtype);
    }

    /// <summary>Takes over what the search has to tell.</summary>
    public void Collect()
    {
        bool isNew = false;
        while (browse.TryTakeEvent(out ServiceEvent? change))
        {
            Join(change);
            isNew = true;
        }
        if (isNew && _pending.Count > 0)
            _grown.TrySetResult();
    }

    public bool TryTake([NotNullWhen(true)] out ServiceEvent? change)
    {
        change = _pending.First?.Value;
        if (change is null)
        {
            if (_grown.Task.IsCompletedSuccessfully)
                _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return false;
        }
        _pending.RemoveFirst();
        (string, string) key = (change.Service.Instance, change.Service.Type);
        _byService.Remove(key);
        if (change.Change == ServiceChange.Lost)
            _told.Remove(key);
        else
            _told[key] = change.Service;
        return true;
    }

    /// <summary>Completes when there is something to take; to be asked for after <see cref="TryTake"/> has given nothing.</summary>
    public Task WaitAsync() => _grown.Task;

    /// <summary>Ends the wait for good.</summary>
    public void Fail(Exception exception)
    {
        if (!_grown.TrySetException(exception))
            (_grown = new(TaskCreationOptions.RunContinuationsAsynchronously)).SetException(exception);
        // Nobody may be waiting.
        _ = _grown.Task.Exception;
    }

    private void Join(ServiceEvent change)
    {
        (string, string) key = (change.Service.Instance, change.Service.Type);
        ServiceInstance? told = _told.GetValueOrDefault(key);
        bool isThere = change.Change != ServiceChange.Lost, isNews = isThere ? !change.Service.Equals(told) : told is not null;
        ServiceEvent joined = change with { Change = !isThere ? ServiceChange.Lost : told is null ? ServiceChange.Found : ServiceChange.Updated };
        if (!_byService.TryGetValue(key, out LinkedListNode<ServiceEvent>? waiting))
        {
            if (isNews)
                _byService.Add(key, _pending.AddLast(joined));
        }
        else if (isNews)
        {
            waiting.Value = joined;
        }
        else
        {
            _pending.Remove(waiting);
            _byService.Remove(key);
        }
    }
}
