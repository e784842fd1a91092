using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>Walks over a message without allocating and without throwing: the questions, then the records of all sections.</summary>
/// <remarks>
/// <code>
/// if (!DnsReader.TryCreate(message, out DnsReader reader)) return;
/// while (reader.TryReadQuestion(out DnsQuestionView question)) …
/// while (reader.TryReadRecord(out DnsRecordView record)) if (record.IsDataValid) …
/// bool isWhole = reader.IsAtEnd;
/// </code>
/// What precedes a malformed name or length has been given by then, and stands. The counts of the header are believed only as far as there is data.
/// </remarks>
internal ref struct DnsReader
{
    /// <summary>Type, class, TTL and the length of the data.</summary>
    internal const int FixedRecordSize = 10;

    private const int FixedQuestionSize = 4;

    private readonly ReadOnlySpan<byte> _message;
    private int _position = DnsHeader.Size;
    private int _questionsLeft;
    private int _recordsRead;

    private DnsReader(ReadOnlySpan<byte> message, DnsHeader header)
    {
        _message = message;
        Header = header;
        _questionsLeft = header.Questions;
    }

    public DnsHeader Header { get; }

    /// <summary>Whether reading stopped at something that is no question or record. What follows cannot be read.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether all that the header counts has been read, and no byte is left over.</summary>
    public readonly bool IsAtEnd => !IsMalformed && _questionsLeft == 0 && _recordsRead == RecordCount && _position == _message.Length;

    private readonly int RecordCount => Header.Answers + Header.Authorities + Header.Additionals;

    /// <summary>A reader before the first question; false when there is not even a header.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> message, out DnsReader reader)
    {
        bool hasHeader = DnsHeader.TryParse(message, out DnsHeader header);
        reader = hasHeader ? new(message, header) : default;
        return hasHeader;
    }

    /// <summary>Reads the next question; false when there is none, or none that can be read.</summary>
    public bool TryReadQuestion(out DnsQuestionView question)
    {
        question = default;
        if (_questionsLeft == 0 || IsMalformed)
            return false;
        if (!DnsNameView.TryRead(_message, ref _position, out DnsNameView name) || _message.Length - _position < FixedQuestionSize)
        {
            IsMalformed = true;
            return false;
        }
        ReadOnlySpan<byte> fixedPart = _message[_position..];
        question = new(name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart), BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]));
        _position += FixedQuestionSize;
        _questionsLeft--;
        return true;
    }

    /// <summary>Reads the next record, past any questions that have not been read; false when there is none, or none that can be read.</summary>
    public bool TryReadRecord(out DnsRecordView record)
    {
        record = default;
        while (_questionsLeft > 0)
            if (!TryReadQuestion(out _))
                return false;
        if (_recordsRead == RecordCount || IsMalformed)
            return false;
        if (!DnsNameView.TryRead(_message, ref _position, out DnsNameView name) || _message.Length - _position < FixedRecordSize)
        {
            IsMalformed = true;
            return false;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(_message[(_position + FixedRecordSize - 2)..]), start = _position + FixedRecordSize;
        if (_message.Length - start < length)
        {
            IsMalformed = true;
            return false;
        }
        record = new(_message, name, SectionOf(_recordsRead++), start, length);
        _position = start + length;
        return true;
    }

    private readonly DnsSection SectionOf(int index) =>
        index < Header.Answers ? DnsSection.Answer : index < Header.Answers + Header.Authorities ? DnsSection.Authority : DnsSection.Additional;
}
