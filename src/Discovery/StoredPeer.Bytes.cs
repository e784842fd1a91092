using System.Diagnostics.CodeAnalysis;
using Discovery.Encoding;

namespace Discovery;

/// <content>
/// The bytes: a bencoded dictionary. Times are Unix milliseconds, durations units of 100 ns, counts and shares millionths. <c>c</c> coordinate, <c>e</c> end point, <c>f</c> first seen, <c>h</c>
/// capacity seen (bandwidth, connections, storage, load; −1 for unknown), <c>i</c> sequence, <c>k</c> key, <c>l</c> last seen, <c>m</c> measured at, <c>n</c> failures, <c>o</c> score, <c>p</c>
/// successes, <c>q</c> reliability, <c>r</c> round trip, <c>s</c> sources, <c>t</c> its minimum, <c>u</c> its variance, <c>v</c> value of the record, <c>w</c> its signature, <c>x</c> its salt,
/// <c>y</c> failures in a row, <c>z</c> last success.
/// </content>
public sealed partial record StoredPeer
{
    /// <summary>The most bytes that a peer takes: 3072.</summary>
    public const int MaxSize = 3072;

    private const int MaxSources = 8, MaxSourceSize = 64, MaxCoordinateSize = 64;
    private const double Millionth = 1e-6;
    private const long MostMillionths = 1_000_000_000_000_000;

    /// <summary>Writes the peer. Room for <see cref="MaxSize"/> bytes is always enough.</summary>
    /// <returns>False when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        SignedItem record = Peer.Record!;
        BencodeWriter writer = new(destination);
        writer.BeginDictionary();
        if (!Coordinate.IsEmpty)
            Write(ref writer, "c"u8, Coordinate.Span);
        writer.WriteString("e"u8);
        Peer.EndPoints[0].TryFormatCompact(writer.ReserveString(Peer.EndPoints[0].CompactSize), out _);
        Write(ref writer, "f"u8, Peer.FirstSeen.ToUnixTimeMilliseconds());
        if (Peer.ObservedCapacity is { } seen)
        {
            writer.WriteString("h"u8);
            writer.BeginList();
            foreach (long? amount in (ReadOnlySpan<long?>)[seen.BandwidthKbps, seen.Connections, seen.StorageMiB, seen.LoadPercent])
                writer.WriteInteger(amount ?? -1);
            writer.End();
        }
        Write(ref writer, "i"u8, record.Sequence);
        writer.WriteString("k"u8);
        record.Key.TryFormat(writer.ReserveString(PeerId.Size));
        Write(ref writer, "l"u8, Peer.LastSeen.ToUnixTimeMilliseconds());
        Write(ref writer, "m"u8, MeasuredAt.ToUnixTimeMilliseconds());
        Write(ref writer, "n"u8, ToMillionths(Failures));
        Write(ref writer, "o"u8, ToMillionths(Peer.Score));
        Write(ref writer, "p"u8, ToMillionths(Successes));
        Write(ref writer, "q"u8, ToMillionths(Peer.Reliability));
        Write(ref writer, "r"u8, Peer.Rtt?.Ticks);
        writer.WriteString("s"u8);
        writer.BeginList();
        foreach (string source in Peer.Sources)
            if (System.Text.Encoding.UTF8.GetByteCount(source) <= MaxSourceSize)
                writer.WriteString(System.Text.Encoding.UTF8.GetBytes(source));
        writer.End();
        Write(ref writer, "t"u8, Peer.MinRtt?.Ticks);
        Write(ref writer, "u"u8, Peer.RttVariance?.Ticks);
        Write(ref writer, "v"u8, record.Value.Span);
        Write(ref writer, "w"u8, record.Signature.Span);
        Write(ref writer, "x"u8, record.Salt.Span);
        Write(ref writer, "y"u8, ConsecutiveFailures);
        Write(ref writer, "z"u8, LastSuccess?.ToUnixTimeMilliseconds());
        writer.End();
        bytesWritten = writer.Overflowed ? 0 : writer.Length;
        return !writer.Overflowed;
    }

    /// <summary>Reads what <see cref="TryFormat"/> writes. The signature of the record is not checked.</summary>
    /// <returns>False when the bytes are anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out StoredPeer? peer)
    {
        peer = null;
        Fields fields = new();
        BencodeReader reader = new(bytes);
        if (!reader.TryEnterDictionary())
            return false;
        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
            if (!fields.TryRead(ref reader, key))
                return false;
        return reader.TryLeave() && reader.IsAtEnd && fields.TryMake(out peer);
    }

    private static long ToMillionths(double value) => (long)Math.Clamp(value / Millionth, 0, MostMillionths);

    private static void Write(ref BencodeWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        writer.WriteString(key);
        writer.WriteString(value);
    }

    private static void Write(ref BencodeWriter writer, ReadOnlySpan<byte> key, long? value)
    {
        if (value is null)
            return;
        writer.WriteString(key);
        writer.WriteInteger(value.Value);
    }

    /// <summary>What has been read so far.</summary>
    private ref struct Fields()
    {
        private ReadOnlySpan<byte> _coordinate, _endPoint, _key, _value, _signature, _salt;
        private DateTimeOffset? _firstSeen, _lastSeen, _measuredAt, _lastSuccess;
        private TimeSpan? _rtt, _minRtt, _variance;
        private double _failures, _score, _successes, _reliability;
        private long _sequence = -1, _inARow;
        private List<string> _sources = [];
        private PeerCapacity? _capacity;

        public bool TryRead(ref BencodeReader reader, ReadOnlySpan<byte> key) => key switch
        {
            [(byte)'c'] => reader.TryReadString(out _coordinate) && _coordinate.Length <= MaxCoordinateSize,
            [(byte)'e'] => reader.TryReadString(out _endPoint),
            [(byte)'f'] => TryReadTime(ref reader, out _firstSeen),
            [(byte)'h'] => TryReadCapacity(ref reader),
            [(byte)'i'] => reader.TryReadInteger(out _sequence),
            [(byte)'k'] => reader.TryReadString(out _key),
            [(byte)'l'] => TryReadTime(ref reader, out _lastSeen),
            [(byte)'m'] => TryReadTime(ref reader, out _measuredAt),
            [(byte)'n'] => TryReadMillionths(ref reader, MostMillionths, out _failures),
            [(byte)'o'] => TryReadMillionths(ref reader, 1_000_000, out _score),
            [(byte)'p'] => TryReadMillionths(ref reader, MostMillionths, out _successes),
            [(byte)'q'] => TryReadMillionths(ref reader, 1_000_000, out _reliability),
            [(byte)'r'] => TryReadDuration(ref reader, out _rtt),
            [(byte)'s'] => TryReadSources(ref reader),
            [(byte)'t'] => TryReadDuration(ref reader, out _minRtt),
            [(byte)'u'] => TryReadDuration(ref reader, out _variance),
            [(byte)'v'] => reader.TryReadString(out _value),
            [(byte)'w'] => reader.TryReadString(out _signature),
            [(byte)'x'] => reader.TryReadString(out _salt),
            [(byte)'y'] => reader.TryReadInteger(out _inARow) && _inARow is >= 0 and <= int.MaxValue,
            [(byte)'z'] => TryReadTime(ref reader, out _lastSuccess),
            _ => reader.TrySkip(),
        };

        public readonly bool TryMake([NotNullWhen(true)] out StoredPeer? peer)
        {
            peer = null;
            if (_firstSeen is not { } firstSeen || _lastSeen is not { } lastSeen || !NodeId.TryParse(_salt, out NodeId network)
                || !PeerId.TryParse(_key, out PeerId id) || !SignedItem.TryFrom(id, _salt, _sequence, _value, _signature, out SignedItem? item)
                || !PeerRecord.TryParse(item, network, out PeerRecord? record, out _)
                || !PeerEndPoint.TryParseCompact(_endPoint, out PeerEndPoint proven) || !record.EndPoints.Contains(proven))
                return false;
            PeerInfo info = record.ToPeerInfo() with
            {
                EndPoints = [proven, .. record.EndPoints.Where(endPoint => endPoint != proven)],
                Rtt = _rtt,
                RttVariance = _variance,
                MinRtt = _minRtt,
                Reliability = _reliability,
                Score = _score,
                ObservedCapacity = _capacity,
                IsAlive = _inARow == 0,
                Sources = _sources,
                FirstSeen = firstSeen,
                LastSeen = lastSeen,
            };
            peer = new(info)
            {
                Successes = _successes,
                Failures = _failures,
                MeasuredAt = _measuredAt ?? lastSeen,
                LastSuccess = _lastSuccess,
                ConsecutiveFailures = (int)_inARow,
                Coordinate = _coordinate.ToArray(),
            };
            return true;
        }

        private static bool TryReadTime(ref BencodeReader reader, out DateTimeOffset? time)
        {
            bool isRead = reader.TryReadInteger(out long milliseconds)
                && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
            time = isRead ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
            return isRead;
        }

        private static bool TryReadDuration(ref BencodeReader reader, out TimeSpan? duration)
        {
            bool isRead = reader.TryReadInteger(out long ticks) && ticks is >= 0 and <= TimeSpan.TicksPerDay;
            duration = isRead ? new TimeSpan(ticks) : null;
            return isRead;
        }

        private static bool TryReadMillionths(ref BencodeReader reader, long most, out double value)
        {
            bool isRead = reader.TryReadInteger(out long millionths) && millionths >= 0 && millionths <= most;
            value = millionths * Millionth;
            return isRead;
        }

        private bool TryReadCapacity(ref BencodeReader reader)
        {
            Span<long> amounts = stackalloc long[4];
            if (!reader.TryEnterList())
                return false;
            foreach (ref long amount in amounts)
                if (!reader.TryReadInteger(out amount) || amount < -1)
                    return false;
            if (amounts[3] > PeerCapacity.MaxLoadPercent)
                return false;
            _capacity = new() { BandwidthKbps = Known(amounts[0]), Connections = Known(amounts[1]), StorageMiB = Known(amounts[2]), LoadPercent = (int?)Known(amounts[3]) };
            return reader.TryLeave();
        }

        private static long? Known(long amount) => amount < 0 ? null : amount;

        private readonly bool TryReadSources(ref BencodeReader reader)
        {
            if (!reader.TryEnterList())
                return false;
            while (reader.TryReadString(out ReadOnlySpan<byte> source))
            {
                if (source.Length > MaxSourceSize || _sources.Count == MaxSources)
                    return false;
                _sources.Add(System.Text.Encoding.UTF8.GetString(source));
            }
            return reader.TryLeave();
        }
    }
}
