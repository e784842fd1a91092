using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Mdns;
using Discovery.Transports;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery lan</c>: any service of the local network, found or published.</summary>
internal static class LanCommand
{
    private const string OurType = "_discovery._udp";
    private const double DefaultTimeoutSeconds = 3;

    public static Command Create(SharedOptions shared)
    {
        Option<string> service = Service();
        Option<double> timeout = Symbols.Timeout(DefaultTimeoutSeconds);
        timeout.Description = $"When to stop. Default: {DefaultTimeoutSeconds}; with --advertise never.";
        LanAdvertisement advertisement = new();
        Command command = new("lan", "Finds services of the local network (mDNS, DNS-SD), of any type, or publishes one.") { service, shared.Interface, timeout, shared.Json };
        advertisement.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            string type = parsed.GetRequiredValue(service);
            ServicePublication? publication = advertisement.Read(parsed, type);
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (publication is null || parsed.GetResult(timeout) is { Implicit: false })
                ending.CancelAfter(TimeSpan.FromSeconds(parsed.GetValue(timeout)));
            await using MdnsHost host = new(new() { Interfaces = shared.GetInterfaces(parsed), LoggerFactory = report.Logs });
            host.Start();
            if (host.Error is { } error)
                throw new UsageException(error.Message);
            int code = publication is null
                ? await LanBrowsing.RunAsync(host, type, report, ending.Token, cancellationToken)
                : await LanAdvertisement.RunAsync(host, publication, report, ending.Token);
            // What keeps everything from being sent turns out only now.
            if (host.Error is { } mute)
                report.Note(mute.Message);
            return code;
        });
        return command;
    }

    private static Option<string> Service()
    {
        Option<string> option = new("--service")
        {
            HelpName = "TYPE",
            Description = $"The type, such as _ipp._tcp. Default: {OurType}, ours.",
            DefaultValueFactory = static _ => OurType,
            CustomParser = static argument =>
            {
                string text = argument.Tokens[0].Value;
                if (TypeOf(text) is { } type)
                    return type;
                argument.AddError($"'{text}' is not a service type such as _ipp._tcp.");
                return OurType;
            },
        };
        return option;
    }

    /// <summary>The type without the domain, in either case of letters; null for what is none.</summary>
    private static string? TypeOf(string text)
    {
        string type = text.TrimEnd('.');
        if (type.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
            type = type[..^".local".Length];
        return type.ToLowerInvariant().Split('.') is [['_', _, ..], "_tcp" or "_udp"] ? type : null;
    }
}
