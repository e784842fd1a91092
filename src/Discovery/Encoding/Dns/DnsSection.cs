namespace Discovery.Encoding.Dns;

/// <summary>The sections of a message after the questions, in their order.</summary>
internal enum DnsSection
{
    Answer = 1,
    Authority = 2,
    Additional = 3,
}
