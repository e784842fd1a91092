using Discovery.Encoding.Dns;
using Discovery.Interop.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Lan;

/// <summary>All that is multicast on the bridge, as a host hears it that says nothing.</summary>
internal sealed class Capture : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Seen> _seen = [];
    private readonly List<IMulticastSocket> _sockets = [];

    public Capture(int host)
    {
        NamespaceMulticast network = new(LanLab.Namespace(host));
        MulticastInterface card = network.ListInterfaces().Single();
        foreach (bool ipv4 in (bool[])[true, false])
            _sockets.Add(network.Open(card, ipv4, isPortShared: true, Note));
    }

    /// <summary>One datagram.</summary>
    /// <param name="Source">Who sent it.</param>
    /// <param name="Bytes">Its length.</param>
    /// <param name="IsResponse">Whether it answers.</param>
    /// <param name="Questions">How many questions it asks.</param>
    /// <param name="Pointers">Where the PTR records among its answers point: of a query, what is known already.</param>
    public readonly record struct Seen(PeerEndPoint Source, int Bytes, bool IsResponse, int Questions, IReadOnlyList<string> Pointers);

    /// <summary>What has been seen since the last call.</summary>
    public Seen[] Take()
    {
        lock (_gate)
        {
            Seen[] taken = [.. _seen];
            _seen.Clear();
            return taken;
        }
    }

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    private void Note(ReadOnlySpan<byte> datagram, in PeerEndPoint source, int interfaceIndex, bool viaMulticast)
    {
        if (!DnsReader.TryCreate(datagram, out DnsReader reader))
            return;
        List<string> pointers = [];
        while (reader.TryReadRecord(out DnsRecordView record))
            if (record.Section == DnsSection.Answer && record.Type == DnsType.Ptr && record.TryGetTarget(out DnsNameView target))
                pointers.Add(target.ToString());
        lock (_gate)
            _seen.Add(new(source, datagram.Length, reader.Header.IsResponse, reader.Header.Questions, pointers));
    }
}
