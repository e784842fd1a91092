using Discovery.Encoding.Dns;

namespace Discovery.Tests.Mdns;

/// <summary>Messages as text, one line for each question and record.</summary>
internal static class Dump
{
    public static string[] Lines(ReadOnlySpan<byte> message)
    {
        List<string> lines = [];
        Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
        while (reader.TryReadQuestion(out DnsQuestionView question))
            lines.Add($"Q {question.Name.ToString()} {question.Type}{(question.WantsUnicast ? " QU" : "")}");
        while (reader.TryReadRecord(out DnsRecordView record))
            lines.Add($"{record.Section.ToString()[..2]} {record.Name.ToString()} {record.Type} {record.Ttl}{(record.IsCacheFlush ? " flush" : "")} {Data(record)}");
        Assert.That(reader.IsAtEnd);
        return [.. lines];
    }

    private static string Data(in DnsRecordView record)
    {
        if (record.TryGetTarget(out DnsNameView target))
            return target.ToString();
        if (record.TryGetService(out DnsServiceView service))
            return $"{service.Target.ToString()}:{service.Port}";
        if (record.TryGetAddress(out PeerEndPoint address))
            return address.Address.ToString();
        if (record.TryGetTypes(out DnsTypesView types))
        {
            string text = "";
            foreach (DnsType type in Enum.GetValues<DnsType>())
                text += types.Contains(type) ? $"{type}," : "";
            return text.TrimEnd(',');
        }
        return Convert.ToHexString(record.Data);
    }
}
