namespace Discovery.Mdns;

/// <summary>What has become of a service.</summary>
public enum ServiceChange
{
    /// <summary>It is there, and resolved.</summary>
    Found,

    /// <summary>Its host, port, addresses or text have changed.</summary>
    Updated,

    /// <summary>It has said goodbye, or is no longer heard of.</summary>
    Lost,
}

/// <summary>One step in the life of a service: found, any number of updates, lost.</summary>
/// <param name="Change">What has happened.</param>
/// <param name="Service">The service; of a lost one the last that was known.</param>
public sealed record ServiceEvent(ServiceChange Change, ServiceInstance Service);
