using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A name that this host claims, and what it holds. The same on all links, but for the addresses.</summary>
internal abstract class Published(string label, bool isUnique)
{
    private readonly Queue<TimeSpan> _conflicts = [];
    private TimeSpan _lastConflict;
    private bool _isSlowed;
    private int _number = 1;

    /// <summary>The first label as it was asked for.</summary>
    public string WantedLabel { get; } = label;

    /// <summary>The first label as it is now.</summary>
    public string Label { get; private set; } = label;

    /// <summary>Whether nobody else can have it, so that there is no need to probe.</summary>
    public bool IsKnownUnique { get; private set; } = isUnique;

    /// <summary>The claimed name.</summary>
    public abstract DnsName Name { get; }

    /// <summary>What it holds on a link.</summary>
    public abstract IEnumerable<OwnRecord> Records(MdnsLink link);

    /// <summary>Another host has the name, or says so.</summary>
    /// <returns>How long to wait before the next claim (RFC 6762 8.1): once there were too many conflicts, before each until one has stood.</returns>
    public TimeSpan NoteConflict(TimeSpan now)
    {
        if (now - _lastConflict > MdnsTiming.ConflictRest)
            _isSlowed = false;
        _lastConflict = now;
        while (_conflicts.TryPeek(out TimeSpan first) && now - first > MdnsTiming.ConflictWindow)
            _conflicts.Dequeue();
        _conflicts.Enqueue(now);
        if (_conflicts.Count >= MdnsTiming.ConflictBurst)
        {
            _isSlowed = true;
            _conflicts.Dequeue();
        }
        return _isSlowed ? MdnsTiming.ConflictPause : TimeSpan.Zero;
    }

    /// <summary>Takes the next name.</summary>
    public void Rename()
    {
        IsKnownUnique = false;
        string suffix = Suffix(++_number), stem = WantedLabel;
        while (System.Text.Encoding.UTF8.GetByteCount(stem) + suffix.Length > DnsNameView.MaxLabelLength)
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        Label = stem + suffix;
        Renamed();
    }

    /// <summary>What tells the second of a name from the first.</summary>
    protected abstract string Suffix(int number);

    /// <summary>Puts the new label into the name.</summary>
    protected abstract void Renamed();
}
