using System.Collections.Frozen;

namespace Discovery;

/// <summary>Where this peer was published.</summary>
public sealed record AnnounceResult
{
    /// <summary>What each layer did, by its name.</summary>
    public required IReadOnlyDictionary<string, LayerAnnouncement> Layers { get; init => field = value.ToFrozenDictionary(); }

    /// <summary>The record that was published; null when none could be signed.</summary>
    public SignedItem? Record { get; init; }

    /// <summary>How many nodes were asked, over all layers.</summary>
    public int Asked => Layers.Values.Sum(static layer => layer.Asked);

    /// <summary>How many nodes acknowledged, over all layers. 0 means that nobody can find this peer.</summary>
    public int Acknowledged => Layers.Values.Sum(static layer => layer.Acknowledged);
}

/// <summary>How one layer published this peer.</summary>
/// <param name="Asked">How many nodes were asked to store it.</param>
/// <param name="Acknowledged">How many of them said that they did.</param>
/// <param name="Error">What went wrong; null when nothing did.</param>
public sealed record LayerAnnouncement(int Asked, int Acknowledged, Exception? Error = null)
{
    /// <summary>The answer of a layer that cannot publish.</summary>
    public static LayerAnnouncement NotSupported { get; } = new(0, 0) { IsSupported = false };

    /// <summary>Whether the layer can publish at all.</summary>
    public bool IsSupported { get; private init; } = true;
}
