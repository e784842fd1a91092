using System.Net;
using System.Net.Sockets;
using Discovery.Cli;

namespace Discovery.Tests.Cli;

public sealed class UsageTests
{
    private const string Hex = "00112233445566778899aabbccddeeff00112233";

    [TestCase("", "command")]
    [TestCase("nonsense", "nonsense")]
    [TestCase("dht", "command")]
    [TestCase("dht ping", "argument")]
    [TestCase("dht ping 127.0.0.1", "127.0.0.1")]
    [TestCase("dht ping 127.0.0.1:0", "127.0.0.1:0")]
    [TestCase("dht ping ::1:5", "::1:5")]
    [TestCase("dht ping 127.0.0.1:5 6", "6")]
    [TestCase("dht ping 127.0.0.1:5 --timeout 0", "seconds")]
    [TestCase("dht ping 127.0.0.1:5 --timeout NaN", "seconds")]
    [TestCase("dht ping 127.0.0.1:5 --listen 127.0.0.1", "end point")]
    [TestCase("dht ping 127.0.0.1:5 --listen [::1]:0", "family")]
    [TestCase("dht ping 127.0.0.1:5 --log loud", "loud")]
    [TestCase("dht ping 127.0.0.1:5 --unknown", "--unknown")]
    [TestCase("dht find-node " + Hex, "--bootstrap")]
    [TestCase("dht find-node 1234 --bootstrap 127.0.0.1:5", "1234")]
    [TestCase("dht get-peers " + Hex + "0 --bootstrap 127.0.0.1:5", "40 hexadecimal digits")]
    [TestCase("dht get xyz --bootstrap 127.0.0.1:5", "xyz")]
    [TestCase("dht announce " + Hex + " --bootstrap 127.0.0.1:5", "--port")]
    [TestCase("dht announce " + Hex + " --bootstrap 127.0.0.1:5 --port 65536", "--port")]
    [TestCase("dht put --bootstrap 127.0.0.1:5", "--value")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --value b", "--value")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --salt s", "--identity")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --seq 1", "--identity")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --cas 1", "--identity")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --identity f --seq -1", "--seq")]
    [TestCase("dht put --bootstrap 127.0.0.1:5 --value a --identity /dev/null", "/dev/null")]
    [TestCase("dht sample --bootstrap no-such-host.invalid:1", "no-such-host.invalid")]
    [TestCase("lan --service printer", "printer")]
    [TestCase("lan --interface no-such-card", "no-such-card")]
    [TestCase("lan --service _IPP._TCP --interface no-such-card", "no-such-card")]
    [TestCase("lan --service _ipp._tcp.Local. --interface no-such-card", "no-such-card")]
    [TestCase("lan --service _tcp.local", "_tcp.local")]
    [TestCase("lan --advertise name", "--port")]
    [TestCase("lan --advertise name --port 0", "--port")]
    [TestCase("lan --advertise name --port 5 --txt =v", "key")]
    [TestCase("lan --port 5 --advertise ''", "'--advertise'")]
    [TestCase("lan --port 5 --advertise 0123456789-123456789-123456789-123456789-123456789-123456789-123", "'--advertise'")]
    [TestCase("lan --port 5 --advertise name --subtype ''", "'--subtype'")]
    [TestCase("lan --port 5", "--advertise")]
    [TestCase("node --interface lo", "--mdns on")]
    [TestCase("find --mdns maybe", "maybe")]
    [TestCase("find --mdns on --interface no-such-card", "no-such-card")]
    public async Task AWrongCommandLineIsTold(string line, string complaint)
    {
        CliRun run = await CliRun.OfAsync([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => word is "''" ? "" : word), .. line.Length > 9 ? (string[])["--json"] : []]);
        Assert.Multiple(() =>
        {
            Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.Usage, "")));
            Assert.That(run.Error, Does.Contain(complaint).And.StartsWith("discovery: ").And.Not.Contain("   at "));
            Assert.That(run.Error.Trim().Split('\n'), Has.Length.LessThanOrEqualTo(4));
        });
    }

    [Test]
    public async Task LongValuesAndSaltsAreRefusedBeforeAnythingIsSent()
    {
        string[] put = ["dht", "put", "--bootstrap", "127.0.0.1:5", "--identity", "unused.pem", "--value"];
        CliRun value = await CliRun.OfAsync([.. put, new string('a', SignedItem.MaxCreatedValueSize - 3)]);
        CliRun salt = await CliRun.OfAsync([.. put, "a", "--salt", new string('é', SignedItem.MaxSaltSize / 2 + 1)]);
        Assert.That((value.Code, salt.Code), Is.EqualTo((ExitCode.Usage, ExitCode.Usage)));
    }

    [Test]
    public async Task APortInUseIsNamed()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        CliRun run = await CliRun.OfAsync("dht", "ping", "127.0.0.1:5", "--listen", other.LocalEndPoint!.ToString()!);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(ExitCode.Usage));
            Assert.That(run.Error, Does.Contain(other.LocalEndPoint.ToString()));
        });
    }

    [TestCase("--help")]
    [TestCase("dht --help")]
    [TestCase("lan --help")]
    [TestCase("dht put --help")]
    [TestCase("--version")]
    public async Task HelpIsNotAnError(string line)
    {
        CliRun run = await CliRun.OfAsync(line.Split(' '));
        Assert.Multiple(() =>
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((ExitCode.Success, "")));
            Assert.That(run.Output, Is.Not.Empty);
        });
    }
}
