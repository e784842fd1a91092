using Discovery.Simulation.Services;
using Discovery.Transports;

namespace Discovery.Simulation;

/// <content>The application's services.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>10.0.0.1.</summary>
    private const uint FirstInside = 0x0A00_0001;

    /// <summary>Begins a service on a host of its own in this network: with its time, a transport, and <see cref="Bootstrap"/> as a source. Add the layers that the application uses, but for the local one, which would use the real network.</summary>
    /// <param name="options">How it runs; null for the defaults. <see cref="DiscoveryOptions.TimeProvider"/> is replaced, and <see cref="DiscoveryOptions.Listen"/> has no meaning.</param>
    /// <param name="nat">What stands between its host and the Internet; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such NAT.</exception>
    public DiscoveryServiceBuilder CreateBuilder(DiscoveryOptions? options = null, NatKind? nat = null) => new DiscoveryServiceBuilder(Name, (options ?? new()) with { TimeProvider = Time })
        .UseTransports(CreateTransport(nat))
        .AddBootstrap(Bootstrap);

    /// <summary>Makes a service with the global layer: <see cref="CreateBuilder"/>, <c>AddGlobalLayer()</c>, <c>Build()</c>. The caller disposes of it.</summary>
    /// <param name="options">As for <see cref="CreateBuilder"/>.</param>
    /// <param name="nat">As for <see cref="CreateBuilder"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such NAT.</exception>
    public IDiscoveryService CreateService(DiscoveryOptions? options = null, NatKind? nat = null) => CreateBuilder(options, nat).AddGlobalLayer().Build();

    /// <summary>A transport on a host of its own, for <see cref="DiscoveryServiceBuilder.UseTransports"/> or a <see cref="DhtNode"/>. Give whatever uses it <see cref="Time"/> too.</summary>
    /// <param name="nat">What stands between the host and the Internet, for itself alone and with a timeout of 2 min; null for nothing: then the host has a public address.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such NAT.</exception>
    public IDatagramTransport CreateTransport(NatKind? nat = null)
    {
        if (nat is { } given && !Enum.IsDefined(given))
            throw new ArgumentOutOfRangeException(nameof(nat), nat, "There is no such NAT.");
        return Locked(() =>
        {
            PeerEndPoint outside = _world.FreeEndPoint();
            if (nat is not { } kind)
                return new SimulatedTransport(this, outside);
            NatDevice device = new(kind, outside, new NatShare(kind, 1).MappingTimeout);
            PeerEndPoint inside = outside;
            if (kind != NatKind.Firewall)
            {
                // No two hosts have the same, so that each leads to its NAT.
                inside = new(FirstInside + (uint)_outside.Count, (ushort)outside.Port);
                _outside.Add(inside.AddressKey, outside.AddressKey);
            }
            return new SimulatedTransport(this, inside) { Nat = device };
        });
    }

    internal void Connect(SimulatedTransport transport)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _world.Internet.Add(transport);
            _transports.Add(transport);
        }
    }

    internal void Disconnect(SimulatedTransport transport)
    {
        lock (_gate)
        {
            _world.Internet.Stop(transport);
            _transports.Remove(transport);
        }
    }

    /// <summary>Something reaches the application: time stands until it has done with it. Called by the engine.</summary>
    internal void Reach(TimeSpan now)
    {
        Time.MoveTo(now - Dht.DhtWorld.Epoch);
        _reached = true;
    }

    /// <summary>Up to 8 that live.</summary>
    private BootstrapNode[] ChooseContacts() => Locked(() =>
    {
        VirtualPeer[] living = [.. _peers.All.Where(static peer => peer.IsUp)];
        BootstrapNode[] contacts = new BootstrapNode[Math.Min(NamedContacts, living.Length)];
        for (int i = 0; i < contacts.Length; i++)
        {
            int pick = _world.Random.Next(i, living.Length);
            (living[i], living[pick]) = (living[pick], living[i]);
            contacts[i] = new() { EndPoint = living[i].EndPoint.ToString(), Source = SimulatedContacts.SourceName };
        }
        return contacts;
    });

    private sealed class SimulatedContacts(SimulatedNetwork network) : IBootstrapSource
    {
        public const string SourceName = "simulation";

        public string Name => SourceName;

        public IAsyncEnumerable<BootstrapNode> GetNodesAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return network.ChooseContacts().ToAsyncEnumerable();
        }
    }
}
