namespace Discovery.Tests.Contracts;

public sealed class BootstrapNodeTests
{
    [TestCase("node.example:6881", "node.example", 6881)]
    [TestCase("192.0.2.1:1", "192.0.2.1", 1)]
    [TestCase("[2001:db8::1]:65535", "2001:db8::1", 65535)]
    public void HostAndPortAreTakenApart(string text, string host, int port)
    {
        BootstrapNode node = new() { EndPoint = text };
        Assert.That((node.EndPoint, node.Host, node.Port), Is.EqualTo((text, host, port)));
    }

    [TestCase("")]
    [TestCase("node.example")]
    [TestCase(":6881")]
    [TestCase("node.example:")]
    [TestCase("node.example:0")]
    [TestCase("node.example:65536")]
    [TestCase("node.example:+1")]
    [TestCase("node.example: 1")]
    [TestCase("2001:db8::1:6881")]
    [TestCase("[192.0.2.1]:6881")]
    [TestCase("[2001:db8::1]")]
    [TestCase("[]:6881")]
    [TestCase("a b:6881")]
    [TestCase("udp://node.example:6881")]
    public void AnythingElseIsAnArgumentError(string text) =>
        Assert.That(() => new BootstrapNode { EndPoint = text }, Throws.ArgumentException.With.Property("ParamName").EqualTo("EndPoint"));
}
