using Discovery.Cli;

namespace Discovery.Tests.Cli;

public sealed class ListenTests
{
    [TestCase("127.0.0.1:5", "127.0.0.1:0")]
    [TestCase("127.0.0.1:5 127.9.9.9:6", "127.0.0.1:0")]
    [TestCase("192.0.2.1:5", "0.0.0.0:0")]
    [TestCase("127.0.0.1:5 192.0.2.1:5", "0.0.0.0:0")]
    [TestCase("[::1]:5", "[::1]:0")]
    [TestCase("[2001:db8::1]:5", "[::]:0")]
    public void ThisMachineOnlyUnlessSomebodyElseIsAsked(string contacts, string listen) =>
        Assert.That(string.Join(' ', ListenChoice.For([.. contacts.Split(' ').Select(static text => PeerEndPoint.Parse(text))])), Is.EqualTo(listen));
}
