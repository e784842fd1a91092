using Discovery.Encoding;

namespace Discovery;

/// <content>Signing our own.</content>
internal sealed partial class PeerRecord
{
    /// <summary>Signs a record of what <paramref name="options"/> say.</summary>
    /// <param name="identity">Who signs.</param>
    /// <param name="network">The network's topic.</param>
    /// <param name="options">What is told; end points are not taken from here.</param>
    /// <param name="endPoints">1 to 8, most preferred first.</param>
    /// <param name="sequence">From a <see cref="SequenceClock"/>; the record lives for <see cref="DiscoveryTiming.RecordLifetime"/> from then, in whole seconds.</param>
    /// <exception cref="ArgumentException">There are none or too many end points, or all of it together is more than 995 bytes.</exception>
    public static SignedItem Create(PeerIdentity identity, in NodeId network, DiscoveryOptions options, IReadOnlyList<PeerEndPoint> endPoints, long sequence)
    {
        if (endPoints.Count is 0 or > MaxEndPoints)
            throw new ArgumentException($"A record has 1 to {MaxEndPoints} end points, not {endPoints.Count}.", nameof(endPoints));
        Span<byte> buffer = stackalloc byte[SignedItem.MaxCreatedValueSize];
        BencodeWriter writer = new(buffer);
        writer.BeginDictionary();
        writer.WriteString("a"u8);
        writer.BeginList();
        foreach (PeerEndPoint endPoint in endPoints)
            endPoint.TryFormatCompact(writer.ReserveString(endPoint.CompactSize), out _);
        writer.End();
        writer.WriteString("c"u8);
        WriteTexts(ref writer, options.Capabilities, sorted: true);
        writer.WriteString("e"u8);
        writer.WriteInteger(sequence / MicrosecondsPerSecond + (long)options.Timing.RecordLifetime.TotalSeconds);
        writer.WriteString("p"u8);
        WriteTexts(ref writer, options.SupportedProtocols, sorted: false);
        if (options.Region is { } region)
        {
            writer.WriteString("r"u8);
            writer.WriteString(System.Text.Encoding.UTF8.GetBytes(region));
        }
        if (options.ServiceUris.Count > 0)
        {
            writer.WriteString("u"u8);
            WriteTexts(ref writer, [.. options.ServiceUris.Select(static uri => uri.AbsoluteUri)], sorted: false);
        }
        if (options.Capacity is { } capacity)
            WriteCapacity(ref writer, capacity);
        writer.End();
        if (writer.Overflowed)
            throw new ArgumentException($"Capabilities, versions, region and service addresses together make a record of more than {SignedItem.MaxCreatedValueSize} bytes.", nameof(options));
        Span<byte> salt = stackalloc byte[NodeId.Size];
        network.TryFormat(salt);
        return SignedItem.Create(identity, salt, sequence, writer.Written);
    }

    private static void WriteTexts(ref BencodeWriter writer, IReadOnlyList<string> texts, bool sorted)
    {
        byte[][] bytes = [.. texts.Select(System.Text.Encoding.UTF8.GetBytes)];
        if (sorted)
            Array.Sort(bytes, static (left, right) => left.AsSpan().SequenceCompareTo(right));
        writer.BeginList();
        foreach (byte[] text in bytes)
            writer.WriteString(text);
        writer.End();
    }

    private static void WriteCapacity(ref BencodeWriter writer, PeerCapacity capacity)
    {
        writer.WriteString("x"u8);
        writer.BeginDictionary();
        Write(ref writer, "b"u8, capacity.BandwidthKbps);
        Write(ref writer, "c"u8, capacity.Connections);
        Write(ref writer, "l"u8, capacity.LoadPercent);
        Write(ref writer, "s"u8, capacity.StorageMiB);
        writer.End();

        static void Write(ref BencodeWriter writer, ReadOnlySpan<byte> key, long? value)
        {
            if (value is null)
                return;
            writer.WriteString(key);
            writer.WriteInteger(value.Value);
        }
    }
}
