using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A name that this host claims, and what it holds. The same on all links, but for the addresses.</summary>
internal abstract class Published(string label, bool isUnique)
{
    private int _conflicts;
    private TimeSpan _conflictsSince = TimeSpan.MinValue;
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

    /// <summary>Takes the next name, because another host has this one.</summary>
    /// <returns>How long to wait before it is claimed (RFC 6762 8.1).</returns>
    public TimeSpan Rename(TimeSpan now)
    {
        IsKnownUnique = false;
        string suffix = Suffix(++_number), stem = WantedLabel;
        while (System.Text.Encoding.UTF8.GetByteCount(stem) + suffix.Length > DnsNameView.MaxLabelLength)
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        Label = stem + suffix;
        Renamed();
        if (_conflictsSince == TimeSpan.MinValue || now - _conflictsSince > MdnsTiming.ConflictWindow)
            (_conflictsSince, _conflicts) = (now, 0);
        return ++_conflicts >= MdnsTiming.ConflictBurst ? MdnsTiming.ConflictPause : TimeSpan.Zero;
    }

    /// <summary>What tells the second of a name from the first.</summary>
    protected abstract string Suffix(int number);

    /// <summary>Puts the new label into the name.</summary>
    protected abstract void Renamed();
}
