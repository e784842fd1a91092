using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>Makes services out of what the links have heard, and tells the searches.</summary>
internal sealed partial class Browser(IReadOnlyList<MdnsLink> links)
{
    private readonly Dictionary<DnsName, List<ServiceBrowse>> _browses = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, TrackedInstance> _instances = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, HashSet<TrackedInstance>> _hosts = new(DnsNameComparer.Instance);
    private readonly HashSet<TrackedInstance> _touched = [];

    /// <summary>Instances that are followed.</summary>
    public int Count => _instances.Count;

    public void Add(ServiceBrowse browse, TimeSpan now)
    {
        if (!_browses.TryGetValue(browse.Name, out List<ServiceBrowse>? same))
            _browses.Add(browse.Name, same = []);
        same.Add(browse);
        foreach (MdnsLink link in links)
        {
            link.Querier.Ask(browse.Name, DnsType.Ptr, QuestionKind.Continuous, now);
            foreach (CacheEntry entry in link.Querier.Cache.Named(browse.Name))
                Track(entry.Record);
        }
        Settle(now);
    }

    public void Remove(ServiceBrowse browse)
    {
        if (!_browses.TryGetValue(browse.Name, out List<ServiceBrowse>? same) || !same.Remove(browse))
            return;
        if (same.Count == 0)
        {
            _browses.Remove(browse.Name);
            foreach (MdnsLink link in links)
                link.Querier.Stop(browse.Name, DnsType.Ptr);
        }
        foreach (TrackedInstance instance in _instances.Values)
            if (instance.Browses.Remove(browse) && instance.Browses.Count == 0)
                Drop(instance);
    }

    /// <summary>Asks on a link what is searched for.</summary>
    public void Start(MdnsLink link, TimeSpan now)
    {
        foreach (DnsName name in _browses.Keys)
            link.Querier.Ask(name, DnsType.Ptr, QuestionKind.Continuous, now);
    }

    /// <summary>Takes a response. First who there is, then where, then the addresses: whatever their order in the message, and nothing that no search needs.</summary>
    public void HandleResponse(MdnsLink link, ReadOnlySpan<byte> message, in PeerEndPoint source, TimeSpan now)
    {
        if (_browses.Count == 0)
            return;
        bool isAnyWithdrawn = false;
        for (int pass = 0; pass < 3; pass++)
        {
            DnsReader.TryCreate(message, out DnsReader reader);
            while (reader.TryReadRecord(out DnsRecordView record))
            {
                if (record.Section == DnsSection.Authority || PassOf(record.Type) != pass || record.Class != DnsClass.Internet || !record.IsDataValid || !IsOfInterest(record) || !IsPossible(record, link))
                    continue;
                if (link.Querier.Cache.Add(record, source, now))
                    NoteChange(link, record);
                if (record.Ttl == 0 || (record.IsCacheFlush && PassOf(record.Type) == 2))
                    isAnyWithdrawn = true;
            }
        }
        if (isAnyWithdrawn)
            ReconfirmBeside(link, message, now);
        Settle(now);
    }

    /// <summary>What is no more over one family may have no way to say so over the other, when that has lost its last address: so what was heard there is asked for once more.</summary>
    private void ReconfirmBeside(MdnsLink link, ReadOnlySpan<byte> message, TimeSpan now)
    {
        foreach (MdnsLink beside in links)
        {
            if (beside == link || beside.InterfaceIndex != link.InterfaceIndex)
                continue;
            DnsReader.TryCreate(message, out DnsReader reader);
            while (reader.TryReadRecord(out DnsRecordView record))
            {
                bool isFlush = record.IsCacheFlush && PassOf(record.Type) == 2;
                if (record.Section != DnsSection.Authority && (record.Ttl == 0 || isFlush))
                    beside.Querier.Cache.Reconfirm(record, isFlush ? link.Querier.Cache : null, now);
            }
        }
    }

    /// <summary>Takes what the clock has done to a link's cache.</summary>
    public void HandleTimeout(MdnsLink link, TimeSpan now)
    {
        while (link.Querier.Cache.TryTakeEvent(now, out CacheEntry entry, out bool isOver))
        {
            if (isOver)
                NoteGone(entry.Record);
            else if (IsOfInterest(entry.Record.Name, entry.Record.Type))
                link.Querier.AskAgain(entry, now);
        }
        Settle(now);
    }

    /// <summary>Forgets what a link has heard that is no more.</summary>
    public void Forget(MdnsLink link, TimeSpan now)
    {
        foreach (CacheEntry entry in link.Querier.Cache.Clear())
            NoteGone(entry.Record);
        Settle(now);
    }

    /// <summary>Whether a question still stands.</summary>
    public bool IsMissing(MdnsLink link, Question question) => question.Type is DnsType.A or DnsType.Aaaa
        ? _hosts.ContainsKey(question.Name) && link.Querier.Cache.Newest(question.Name, DnsType.A) is null && link.Querier.Cache.Newest(question.Name, DnsType.Aaaa) is null
        : _instances.ContainsKey(question.Name) && link.Querier.Cache.Newest(question.Name, question.Type) is null;

    private static int PassOf(DnsType type) => type switch
    {
        DnsType.Ptr => 0,
        DnsType.Srv or DnsType.Txt => 1,
        DnsType.A or DnsType.Aaaa => 2,
        _ => -1,
    };

    private bool IsOfInterest(in DnsRecordView record) => PassOf(record.Type) switch
    {
        0 => _browses.GetAlternateLookup<DnsNameView>().TryGetValue(record.Name, out List<ServiceBrowse>? browses)
            && record.TryGetTarget(out DnsNameView target) && IsInstance(target, browses[0].Type.View),
        1 => _instances.GetAlternateLookup<DnsNameView>().ContainsKey(record.Name),
        _ => _hosts.GetAlternateLookup<DnsNameView>().ContainsKey(record.Name),
    };

    /// <summary>Whether another host of that link can be at an address: whoever believes "loopback" would connect to itself.</summary>
    private static bool IsPossible(in DnsRecordView record, MdnsLink link) =>
        !record.TryGetAddress(out PeerEndPoint address) || (address.WithPort(MdnsNode.Port).IsUnicast && (!address.IsLoopback || link.IsLoopback));

    private bool IsOfInterest(DnsName name, DnsType type) => PassOf(type) switch
    {
        0 => _browses.ContainsKey(name),
        1 => _instances.ContainsKey(name),
        _ => _hosts.ContainsKey(name),
    };

    /// <summary>RFC 6763 4.1: one label, and the type.</summary>
    private static bool IsInstance(DnsNameView name, DnsNameView type) => name.Length == type.Length + name.FirstLabel.Length + 1 && name.EndsWith(type);

    private void NoteChange(MdnsLink link, in DnsRecordView record)
    {
        if (record.TryGetTarget(out DnsNameView target))
        {
            // A flush of other records touches those too, so all of the name are looked at.
            _browses.GetAlternateLookup<DnsNameView>().TryGetValue(record.Name, out List<ServiceBrowse>? browses);
            DnsName name = DnsName.From(target);
            foreach (CacheEntry entry in link.Querier.Cache.Named(browses![0].Name))
                if (entry.Record.Target!.Equals(name) || record.IsCacheFlush)
                    Track(entry.Record);
        }
        else if (_instances.GetAlternateLookup<DnsNameView>().TryGetValue(record.Name, out TrackedInstance? instance))
        {
            _touched.Add(instance);
            if (record.TryGetService(out _))
                FollowHost(instance);
        }
        else if (_hosts.GetAlternateLookup<DnsNameView>().TryGetValue(record.Name, out HashSet<TrackedInstance>? users))
        {
            _touched.UnionWith(users);
        }
    }

    private void NoteGone(DnsRecord record)
    {
        if (record.Type == DnsType.Ptr && _instances.TryGetValue(record.Target!, out TrackedInstance? pointed))
            _touched.Add(pointed);
        else if (_instances.TryGetValue(record.Name, out TrackedInstance? instance))
            _touched.Add(instance);
        else if (_hosts.TryGetValue(record.Name, out HashSet<TrackedInstance>? users))
            _touched.UnionWith(users);
    }

    private void Track(DnsRecord pointer)
    {
        if (pointer.Type != DnsType.Ptr || !_browses.TryGetValue(pointer.Name, out List<ServiceBrowse>? browses))
            return;
        if (!_instances.TryGetValue(pointer.Target!, out TrackedInstance? instance))
            _instances.Add(pointer.Target!, instance = new(pointer.Target!, browses[0].Type));
        instance.Browses.UnionWith(browses);
        _touched.Add(instance);
    }

    private void Settle(TimeSpan now)
    {
        foreach (TrackedInstance instance in _touched)
            Settle(instance, now);
        _touched.Clear();
    }

    private void Settle(TrackedInstance instance, TimeSpan now)
    {
        FollowHost(instance);
        ServiceInstance? service = Resolve(instance);
        foreach (ServiceBrowse browse in instance.Browses)
        {
            bool isThere = links.Any(link => HasPointer(link, browse, instance));
            browse.Report(instance.Name, isThere ? service : null);
            if (!isThere)
                instance.Browses.Remove(browse);
            else if (service is null)
                AskForMissing(instance, now);
        }
        if (instance.Browses.Count == 0)
            Drop(instance);
    }

    private static bool HasPointer(MdnsLink link, ServiceBrowse browse, TrackedInstance instance)
    {
        foreach (CacheEntry entry in link.Querier.Cache.Named(browse.Name))
            if (entry.Record.Type == DnsType.Ptr && entry.Record.Target!.Equals(instance.Name))
                return true;
        return false;
    }

    private void AskForMissing(TrackedInstance instance, TimeSpan now)
    {
        foreach (MdnsLink link in links)
        {
            if (!instance.Browses.Any(browse => HasPointer(link, browse, instance)))
                continue;
            Ask(link, instance.Name, DnsType.Srv);
            Ask(link, instance.Name, DnsType.Txt);
            if (instance.Host is null)
                continue;
            Ask(link, instance.Host, DnsType.A);
            Ask(link, instance.Host, DnsType.Aaaa);
        }

        void Ask(MdnsLink link, DnsName name, DnsType type)
        {
            if (IsMissing(link, new(name, type, QuestionKind.UntilAnswered, now)))
                link.Querier.Ask(name, type, QuestionKind.UntilAnswered, now);
        }
    }

    private void Drop(TrackedInstance instance)
    {
        LeaveHost(instance);
        _instances.Remove(instance.Name);
    }
}
