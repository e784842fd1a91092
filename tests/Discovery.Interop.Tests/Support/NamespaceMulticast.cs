using Discovery.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Interop.Tests.Support;

/// <summary>The interface <c>eth0</c> of another network namespace, for a host of ours in this process. Changes there are seen at the regular checks only.</summary>
internal sealed class NamespaceMulticast(string name) : IMulticastNetwork
{
    private readonly MulticastNetwork _network = new(["eth0"], NullLogger.Instance);

    public IReadOnlyList<MulticastInterface> ListInterfaces() => NetworkNamespace.Inside(name, _network.ListInterfaces);

    public bool IsPortShared(int ownSockets) => false;

    public IMulticastSocket Open(MulticastInterface card, bool ipv4, bool isPortShared, MulticastReceiver receiver) =>
        NetworkNamespace.Inside(name, () => _network.Open(card, ipv4, isPortShared, receiver));

    public IDisposable Watch(Action changed) => new CancellationTokenSource();
}
