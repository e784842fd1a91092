using Discovery.Mdns;

namespace Discovery.Transports;

/// <summary>A service that is published until this is disposed. Thread-safe.</summary>
public sealed class ServiceRegistration : IAsyncDisposable
{
    private readonly MdnsHost _host;
    private bool _isWithdrawn;

    internal ServiceRegistration(MdnsHost host, PublishedService service) => (_host, Service) = (host, service);

    /// <summary>The instance name as it is now: another one than was asked for when somebody else has that.</summary>
    public string Instance => _host.Read(_ => Service.Label);

    /// <summary>The name of this host as it is now, such as <c>node-a.local.</c></summary>
    public string Host => _host.Read(static node => node.HostName);

    internal PublishedService Service { get; }

    /// <summary>Completes when the service is known on every link on which anything can be sent: claimed, and announced. While nothing can be sent it waits; <see cref="MdnsHost.Error"/> tells.</summary>
    /// <param name="otherThan">An instance name that does not count: to wait for the next one. Null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectDisposedException">The service has been withdrawn, or the host disposed.</exception>
    public async Task WaitUntilAnnouncedAsync(string? otherThan = null, CancellationToken cancellationToken = default)
    {
        await _host.Waiters.WaitUntilAsync(node => _isWithdrawn || (node.IsAnnounced(Service) && Service.Label != otherThan), cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_isWithdrawn, this);
    }

    /// <summary>Completes when the service is known, or when nothing can be sent.</summary>
    /// <returns>Why nothing can be sent; null when it is known.</returns>
    internal async Task<Exception?> WaitUntilAnnouncedOrMuteAsync(CancellationToken cancellationToken)
    {
        await _host.Waiters.WaitUntilAsync(node => _isWithdrawn || node.IsAnnounced(Service) || _host.Error is not null, cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_isWithdrawn, this);
        return _host.Error;
    }

    /// <summary>Gives the service other pairs, and tells everybody.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text is longer than <see cref="ServiceText.MaxLength"/>.</exception>
    public void Update(ServiceText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _host.Do((node, now) => node.Update(Service, text, now));
    }

    /// <summary>Withdraws the service: everybody is told that it is gone. Idempotent.</summary>
    public ValueTask DisposeAsync()
    {
        _host.Do((node, _) =>
        {
            _isWithdrawn = true;
            node.Withdraw(Service);
        });
        return ValueTask.CompletedTask;
    }
}
