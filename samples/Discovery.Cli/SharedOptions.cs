using System.CommandLine;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;

namespace Discovery.Cli;

/// <summary>The options that more than one command has, spelt and explained once. Made anew for each run, because the parser notes in them who has them.</summary>
internal sealed class SharedOptions
{
    public Option<PeerEndPoint[]> Listen { get; } = new("--listen")
    {
        HelpName = "IP:PORT",
        Description = "Where to listen, once per address; port 0 is any free one. Default: loopback, or every interface when a bootstrap host is not on loopback, or with --mdns on.",
        CustomParser = static argument => Symbols.Each(argument, static text => PeerEndPoint.Parse(text)),
    };

    public Option<BootstrapNode[]> Bootstrap { get; } = new("--bootstrap")
    {
        HelpName = "HOST:PORT",
        Description = "A host that knows the network, once per host.",
        CustomParser = static argument => Symbols.Each(argument, static text => new BootstrapNode { EndPoint = text }),
    };

    public Option<string[]> Interface { get; } = new("--interface")
    {
        HelpName = "NAME",
        Description = "A network interface to multicast on, once per interface. Default: all that can, but for loopback.",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object per line on the standard output, and nothing else there." };

    public Option<FileInfo> Identity { get; } = new("--identity")
    {
        HelpName = "FILE",
        Description = "The Ed25519 key as PKCS#8 PEM; created when missing.",
    };

    public Option<LogLevel> Log { get; } = new("--log")
    {
        HelpName = "LEVEL",
        Description = "What is logged on the standard error: trace, debug, information, warning, error or none.",
        DefaultValueFactory = static _ => LogLevel.Warning,
        CustomParser = static argument =>
        {
            if (!Enum.TryParse(argument.Tokens[0].Value, ignoreCase: true, out LogLevel level) || !Enum.IsDefined(level))
                argument.AddError($"'{argument.Tokens[0].Value}' is not a level: trace, debug, information, warning, error or none.");
            return level;
        },
        Recursive = true,
    };

    /// <summary>The interfaces that the user named.</summary>
    /// <exception cref="UsageException">This machine has none of that name.</exception>
    public string[] GetInterfaces(ParseResult parsed)
    {
        string[] names = parsed.GetValue(Interface) ?? [];
        if (names.Length > 0)
        {
            string[] there = [.. NetworkInterface.GetAllNetworkInterfaces().Select(static card => card.Name)];
            if (names.FirstOrDefault(name => !there.Contains(name)) is { } unknown)
                throw new UsageException($"This machine has no network interface '{unknown}'; it has {string.Join(", ", there)}.");
        }
        return names;
    }
}
