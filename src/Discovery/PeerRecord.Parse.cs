using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Discovery.Encoding;

namespace Discovery;

/// <content>Reading anybody's. Nothing in here throws, whatever the bytes.</content>
internal sealed partial class PeerRecord
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MaxUnixSeconds = 253_402_300_799; // The end of the year 9999, the last that a DateTimeOffset holds.

    /// <summary>Reads and checks a record. Its signature is not looked at: see <see cref="SignedItem.Verify()"/>.</summary>
    /// <param name="item">The signed form.</param>
    /// <param name="network">The network's topic.</param>
    /// <param name="now">The time, by which it must not be over.</param>
    /// <param name="record">The record; null when it is refused.</param>
    /// <param name="refusal">Why it is refused.</param>
    /// <param name="isPublic">Whether the network is the public one, on which private end points are dropped.</param>
    public static bool TryParse(SignedItem item, in NodeId network, DateTimeOffset now, [NotNullWhen(true)] out PeerRecord? record, out PeerRecordRefusal refusal, bool isPublic = false)
    {
        if (TryParse(item, network, out record, out refusal, isPublic))
            refusal = record.CheckTimes(now);
        if (refusal != PeerRecordRefusal.None)
            record = null;
        return record is not null;
    }

    /// <summary>Reads a record whatever its times: one that is over still tells where its peer was.</summary>
    public static bool TryParse(SignedItem item, in NodeId network, [NotNullWhen(true)] out PeerRecord? record, out PeerRecordRefusal refusal, bool isPublic = false)
    {
        record = new(item);
        refusal = NodeId.TryParse(item.Salt.Span, out NodeId salt) && salt == network ? record.Read(isPublic) : PeerRecordRefusal.WrongNetwork;
        if (refusal != PeerRecordRefusal.None)
            record = null;
        return record is not null;
    }

    /// <summary>Whether the record's time is over.</summary>
    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    private PeerRecordRefusal CheckTimes(DateTimeOffset now)
    {
        long expires = Expires.ToUnixTimeSeconds() * MicrosecondsPerSecond;
        if (IsExpired(now))
            return PeerRecordRefusal.Expired;
        if (Item.Sequence > SequenceClock.ToSequence(now) + (long)ClockTolerance.TotalMicroseconds)
            return PeerRecordRefusal.FromTheFuture;
        return expires - Item.Sequence > (long)DiscoveryTiming.MaxRecordLifetime.TotalMicroseconds ? PeerRecordRefusal.LifetimeTooLong : PeerRecordRefusal.None;
    }

    private PeerRecordRefusal Read(bool isPublic)
    {
        BencodeReader reader = new(Item.Value.Span);
        if (!reader.TryEnterDictionary())
            return PeerRecordRefusal.Malformed;
        bool hasCapabilities = false, hasExpiry = false, hasProtocols = false, hasEndPoints = false;
        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            PeerRecordRefusal refusal = PeerRecordRefusal.None;
            bool isRead = true;
            switch (key)
            {
                case [(byte)'a']:
                    refusal = ReadEndPoints(ref reader, isPublic);
                    hasEndPoints = true;
                    break;
                case [(byte)'c']:
                    refusal = ReadCapabilities(ref reader);
                    hasCapabilities = true;
                    break;
                case [(byte)'e']:
                    isRead = hasExpiry = ReadExpiry(ref reader);
                    break;
                case [(byte)'p']:
                    isRead = hasProtocols = TryReadTexts(ref reader, out List<string> protocols);
                    SupportedProtocols = protocols;
                    break;
                case [(byte)'r']:
                    isRead = TryReadText(ref reader, out string region);
                    Region = region;
                    break;
                case [(byte)'u']:
                    isRead = TryReadTexts(ref reader, out List<string> texts);
                    ServiceUris = [.. texts.Select(static text => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) ? uri : null).OfType<Uri>().Where(IsServiceUri)];
                    break;
                case [(byte)'x']:
                    isRead = TryReadCapacity(ref reader);
                    break;
                default:
                    isRead = reader.TrySkip();
                    break;
            }
            if (refusal != PeerRecordRefusal.None || !isRead)
                return isRead ? refusal : PeerRecordRefusal.Malformed;
        }
        return hasEndPoints && hasCapabilities && hasExpiry && hasProtocols && reader.TryLeave() ? PeerRecordRefusal.None : PeerRecordRefusal.Malformed;
    }

    private PeerRecordRefusal ReadEndPoints(ref BencodeReader reader, bool isPublic)
    {
        if (!reader.TryEnterList())
            return PeerRecordRefusal.Malformed;
        List<PeerEndPoint> endPoints = new(2);
        for (int count = 1; reader.TryReadString(out ReadOnlySpan<byte> compact); count++)
        {
            if (!PeerEndPoint.TryParseCompact(compact, out PeerEndPoint endPoint))
                return PeerRecordRefusal.Malformed;
            if (count > MaxEndPoints)
                return PeerRecordRefusal.TooManyEndPoints;
            // PROTOCOL, trap 12: what nobody can send to is dropped wherever it appears, and on the public network what is not public.
            if (endPoint.IsUnicast && !(isPublic && endPoint.IsPrivate) && !endPoints.Contains(endPoint))
                endPoints.Add(endPoint);
        }
        EndPoints = endPoints;
        if (!reader.TryLeave())
            return PeerRecordRefusal.Malformed;
        return endPoints.Count == 0 ? PeerRecordRefusal.NoEndPoint : PeerRecordRefusal.None;
    }

    private PeerRecordRefusal ReadCapabilities(ref BencodeReader reader)
    {
        if (!reader.TryEnterList())
            return PeerRecordRefusal.Malformed;
        List<string> capabilities = [];
        ReadOnlySpan<byte> previous = default;
        while (reader.TryReadString(out ReadOnlySpan<byte> capability))
        {
            // Sorted, and so each once; the empty one sorts before all and would have no topic.
            if (previous.SequenceCompareTo(capability) >= 0 || !Utf8.IsValid(capability))
                return PeerRecordRefusal.Malformed;
            if (capability.Length > MaxTextSize)
                return PeerRecordRefusal.Oversize;
            if (capabilities.Count == MaxCapabilities)
                return PeerRecordRefusal.TooManyCapabilities;
            capabilities.Add(System.Text.Encoding.UTF8.GetString(capability));
            previous = capability;
        }
        Capabilities = capabilities;
        return reader.TryLeave() ? PeerRecordRefusal.None : PeerRecordRefusal.Malformed;
    }

    private bool ReadExpiry(ref BencodeReader reader)
    {
        if (!reader.TryReadInteger(out long seconds) || seconds is < 0 or > MaxUnixSeconds)
            return false;
        Expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private bool TryReadCapacity(ref BencodeReader reader)
    {
        if (!reader.TryEnterDictionary())
            return false;
        long? bandwidth = null, connections = null, load = null, storage = null;
        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            bool isRead = key switch
            {
                [(byte)'b'] => TryReadAmount(ref reader, long.MaxValue, out bandwidth),
                [(byte)'c'] => TryReadAmount(ref reader, long.MaxValue, out connections),
                [(byte)'l'] => TryReadAmount(ref reader, PeerCapacity.MaxLoadPercent, out load),
                [(byte)'s'] => TryReadAmount(ref reader, long.MaxValue, out storage),
                _ => reader.TrySkip(),
            };
            if (!isRead)
                return false;
        }
        Capacity = new() { BandwidthKbps = bandwidth, Connections = connections, LoadPercent = (int?)load, StorageMiB = storage };
        return reader.TryLeave();
    }

    private static bool TryReadAmount(ref BencodeReader reader, long most, out long? value)
    {
        bool isRead = reader.TryReadInteger(out long number) && number >= 0 && number <= most;
        value = isRead ? number : null;
        return isRead;
    }

    private static bool TryReadTexts(ref BencodeReader reader, out List<string> texts)
    {
        texts = [];
        if (!reader.TryEnterList())
            return false;
        while (reader.NextType == BencodeType.String)
        {
            if (!TryReadText(ref reader, out string text))
                return false;
            texts.Add(text);
        }
        return reader.TryLeave();
    }

    private static bool TryReadText(ref BencodeReader reader, out string text)
    {
        bool isRead = reader.TryReadString(out ReadOnlySpan<byte> bytes) && Utf8.IsValid(bytes);
        text = isRead ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        return isRead;
    }
}
