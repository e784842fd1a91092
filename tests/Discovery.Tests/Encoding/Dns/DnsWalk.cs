using Discovery.Encoding.Dns;

namespace Discovery.Tests.Encoding.Dns;

/// <summary>What the tests do with a whole message.</summary>
internal static class DnsWalk
{
    /// <summary>Whether every question and record can be read, all known data is right, and no byte is left over.</summary>
    public static bool IsValid(ReadOnlySpan<byte> message)
    {
        if (!DnsReader.TryCreate(message, out DnsReader reader))
            return false;
        bool isValid = true;
        while (reader.TryReadQuestion(out _))
        {
        }
        while (reader.TryReadRecord(out DnsRecordView record))
            isValid &= record.IsDataValid;
        return isValid && reader.IsAtEnd;
    }

    /// <summary>Touches all that can be read, and adds it up so that nothing is optimised away.</summary>
    public static long Touch(ReadOnlySpan<byte> message)
    {
        if (!DnsReader.TryCreate(message, out DnsReader reader))
            return -1;
        long sum = reader.Header.Id;
        while (reader.TryReadQuestion(out DnsQuestionView question))
            sum += question.Name.Length + (int)question.Type + (question.WantsUnicast ? 1 : 0);
        while (reader.TryReadRecord(out DnsRecordView record))
        {
            sum += record.Name.Length + record.Ttl + record.Data.Length + (record.IsDataValid ? 1 : 0);
            if (record.TryGetAddress(out PeerEndPoint address))
                sum += address.CompactSize;
            if (record.TryGetTarget(out DnsNameView target))
                sum += target.FirstLabel.Length;
            if (record.TryGetService(out DnsServiceView service))
                sum += service.Port + service.Target.Length;
            if (record.TryGetStrings(out DnsStringsView strings))
                foreach (ReadOnlySpan<byte> text in strings)
                    sum += text.Length;
            if (record.TryGetTypes(out DnsTypesView types))
                sum += types.Contains(DnsType.A) ? 1 : 0;
        }
        return sum;
    }

    public static byte[] LabelsToWire(IEnumerable<byte[]> labels) => [.. labels.SelectMany(static label => (byte[])[(byte)label.Length, .. label]), 0];
}
