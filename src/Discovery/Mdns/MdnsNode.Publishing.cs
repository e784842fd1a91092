using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <content>What takes part: links, services, searches.</content>
internal sealed partial class MdnsNode
{
    /// <summary>Takes part on a link from now on: claims the names there, announces, asks. Also when an interface has come back.</summary>
    /// <param name="id">What to call it; one for each interface and family.</param>
    /// <param name="isIPv4">The family.</param>
    /// <param name="interfaceIndex">The interface, of which another link may be the other family.</param>
    /// <param name="addresses">Our addresses on the interface, of both families.</param>
    /// <param name="now">The time.</param>
    public void AddLink(int id, bool isIPv4, int interfaceIndex, ReadOnlySpan<LinkAddress> addresses, TimeSpan now)
    {
        if (Find(id) is not null)
            throw new ArgumentException("There is such a link already.", nameof(id));
        MdnsLink link = new(this, id, isIPv4, interfaceIndex, addresses.ToArray(), _options, _random);
        _links.Add(link);
        if (_services.Count > 0)
            Add(link, TimeSpan.Zero, now);
        Browser.Start(link, now);
    }

    /// <summary>Our addresses on a link have changed: what we say of them is put right.</summary>
    public void ChangeAddresses(int id, ReadOnlySpan<LinkAddress> addresses, TimeSpan now)
    {
        if (Find(id) is not { } link)
            return;
        link.Addresses = addresses.ToArray();
        link.Responder.Refresh(_host, now);
    }

    /// <summary>A link is gone. What was heard there is forgotten; nothing is sent.</summary>
    public void RemoveLink(int id, TimeSpan now)
    {
        if (Find(id) is not { } link)
            return;
        Browser.Forget(link, now);
        _links.Remove(link);
    }

    /// <summary>Publishes a service on all links.</summary>
    /// <exception cref="ArgumentException">It cannot be published.</exception>
    public PublishedService Publish(ServicePublication publication, TimeSpan now)
    {
        PublishedService service = new(publication, _host);
        // Two of our own would not fight each other over a name: the second takes another at once.
        while (_services.Exists(other => other.Name.Equals(service.Name)))
            service.Rename();
        _services.Add(service);
        foreach (MdnsLink link in _links)
        {
            if (_services.Count == 1)
                link.Responder.Add(_host, TimeSpan.Zero, now);
            link.Responder.Add(service, TimeSpan.Zero, now);
        }
        return service;
    }

    /// <summary>Gives a service other pairs, and tells everybody.</summary>
    public void Update(PublishedService service, ServiceText text, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Wire.Length, ServiceText.MaxLength, nameof(text));
        service.Text = text;
        foreach (MdnsLink link in _links)
            link.Responder.Refresh(service, now);
    }

    /// <summary>Withdraws a service: the goodbyes come out of <see cref="PollTransmit"/>. With the last service the host name goes too.</summary>
    public void Withdraw(PublishedService service)
    {
        if (!_services.Remove(service))
            return;
        foreach (MdnsLink link in _links)
        {
            link.Responder.Remove(service, sayGoodbye: true);
            if (_services.Count == 0)
                link.Responder.Remove(_host, sayGoodbye: true);
        }
    }

    /// <summary>Withdraws everything.</summary>
    public void Stop()
    {
        while (_services.Count > 0)
            Withdraw(_services[^1]);
    }

    /// <summary>Whether a service has been announced on every link on which something can be sent, under the names that it and this host have now.</summary>
    public bool IsAnnounced(PublishedService service) =>
        _links.Exists(static link => !link.IsMute) && _links.TrueForAll(link => link.IsMute || (IsSaid(link, service) && IsSaid(link, _host)));

    private static bool IsSaid(MdnsLink link, Published published) => link.Responder.Find(published) is { IsActive: true, AnnouncementsSent: > 0 };

    /// <summary>Searches for services of a type, or of a subtype, until <see cref="Stop(ServiceBrowse)"/>.</summary>
    /// <exception cref="ArgumentException">It is not a type.</exception>
    public ServiceBrowse Browse(string type, string? subtype, TimeSpan now)
    {
        DnsName name = DnsSdNames.OfType(type);
        ServiceBrowse browse = new(name, subtype is null ? name : DnsSdNames.OfSubtype(name, subtype));
        Browser.Add(browse, now);
        return browse;
    }

    public void Stop(ServiceBrowse browse) => Browser.Remove(browse);

    private void Add(MdnsLink link, TimeSpan pause, TimeSpan now)
    {
        link.Responder.Add(_host, pause, now);
        foreach (PublishedService service in _services)
            link.Responder.Add(service, pause, now);
    }

    /// <summary>RFC 6762 9: another host has the name, so we take the next one, on all links.</summary>
    private void Rename(Published published, TimeSpan now)
    {
        TimeSpan pause = published.NoteConflict(now);
        published.Rename();
        while (published is PublishedService && _services.Exists(other => other != published && other.Name.Equals(published.Name)))
            published.Rename();
        foreach (MdnsLink link in _links)
        {
            link.Responder.Remove(published, sayGoodbye: false);
            link.Responder.Add(published, pause, now);
            if (published != _host)
                continue;
            foreach (PublishedService service in _services)
                link.Responder.Refresh(service, now);
        }
    }
}
