using System.Net;
using System.Net.Sockets;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class HostResolverTests
{
    [TestCase("192.0.2.1:7")]
    [TestCase("[2001:db8::1]:7")]
    public async Task AnAddressNeverReachesANameServer(string endPoint)
    {
        HostResolver resolver = new(static (_, _) => throw new InvalidOperationException("asked"));
        ResolvedHost host = await resolver.ResolveAsync(new() { EndPoint = endPoint }, default);
        Assert.That(host.Error, Is.Null);
        Assert.That(host.EndPoints, Is.EqualTo(new[] { PeerEndPoint.Parse(endPoint) }));
    }

    [Test]
    public async Task ANameHasTheAddressesOfBothFamiliesOnce()
    {
        HostResolver resolver = new(static (host, _) =>
            Task.FromResult<IPAddress[]>(host == "node.example" ? [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.1"), IPAddress.Parse("::ffff:192.0.2.1"), IPAddress.Any] : []));
        ResolvedHost host = await resolver.ResolveAsync(new() { EndPoint = "node.example:7" }, default);
        Assert.That(host.EndPoints, Is.EqualTo(new[] { PeerEndPoint.Parse("[2001:db8::1]:7"), PeerEndPoint.Parse("192.0.2.1:7") }));
    }

    [Test]
    public async Task AFailureIsData()
    {
        HostResolver failing = new(static (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)));
        ResolvedHost host = await failing.ResolveAsync(new() { EndPoint = "node.example:7" }, default);
        Assert.That(host.EndPoints, Is.Empty);
        Assert.That(host.Error, Is.InstanceOf<BootstrapException>().With.Message.Contains("node.example:7").And.InnerException.InstanceOf<SocketException>());
        HostResolver empty = new(static (_, _) => Task.FromResult<IPAddress[]>([]));
        Assert.That((await empty.ResolveAsync(new() { EndPoint = "node.example:7" }, default)).Error, Is.InstanceOf<BootstrapException>());
        Assert.That((await empty.ResolveAsync(new() { EndPoint = "0.0.0.0:7" }, default)).Error, Is.InstanceOf<BootstrapException>(), "nobody can be sent to there");
    }

    [Test]
    public async Task ANameTooLongForTheSystemIsData()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 60), 5));
        Assert.That((await new HostResolver().ResolveAsync(new() { EndPoint = name + ":7" }, default)).Error, Is.InstanceOf<BootstrapException>());
    }

    [Test]
    public void ACancelledLookupIsLeftBehind()
    {
        TaskCompletionSource<IPAddress[]> never = new();
        using CancellationTokenSource source = new();
        Task<ResolvedHost> resolving = new HostResolver((_, _) => never.Task).ResolveAsync(new() { EndPoint = "node.example:7" }, source.Token).AsTask();
        Assert.That(resolving.IsCompleted, Is.False);
        source.Cancel();
        Assert.That(async () => await resolving, Throws.InstanceOf<OperationCanceledException>());
    }
}
