namespace Discovery;

/// <summary>What a peer says it can carry, or was seen to carry; null where that is not known.</summary>
public sealed record PeerCapacity
{
    /// <summary>Bandwidth in kbit/s: 0 or more.</summary>
    public long? BandwidthKbps { get; init => field = NotNegative(value, nameof(BandwidthKbps)); }

    /// <summary>Connections it accepts: 0 or more.</summary>
    public long? Connections { get; init => field = NotNegative(value, nameof(Connections)); }

    /// <summary>Storage in MiB: 0 or more.</summary>
    public long? StorageMiB { get; init => field = NotNegative(value, nameof(StorageMiB)); }

    /// <summary>How busy it is, in percent: 0 to 100.</summary>
    public int? LoadPercent
    {
        get;
        init
        {
            if (value > MaxLoadPercent)
                throw new ArgumentOutOfRangeException(nameof(LoadPercent), value, $"At most {MaxLoadPercent}.");
            field = (int?)NotNegative(value, nameof(LoadPercent));
        }
    }

    internal const int MaxLoadPercent = 100;

    private static long? NotNegative(long? value, string name) => value is < 0 ? throw new ArgumentOutOfRangeException(name, value, "0 or more.") : value;
}
