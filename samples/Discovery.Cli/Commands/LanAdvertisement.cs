using System.CommandLine;
using Discovery.Cli.Output;
using Discovery.Mdns;
using Discovery.Transports;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery lan --advertise</c>: a service of any kind, published until it is stopped.</summary>
internal sealed class LanAdvertisement
{
    private const int MaxLabelSize = 63; // RFC 1035

    private readonly Option<string> _name = new("--advertise") { HelpName = "NAME", Description = "Publish a service under this name, until stopped." };
    private readonly Option<long?> _port = Symbols.Number("--port", "The port of the service that is published.", 1, ushort.MaxValue);
    private readonly Option<string[]> _subtypes = new("--subtype") { HelpName = "_SUB", Description = "A subtype of the service that is published, once per subtype." };

    private readonly Option<KeyValuePair<string, string?>[]> _text = new("--txt")
    {
        HelpName = "K=V",
        Description = "A pair of the service that is published, once per pair; a key alone has no value.",
        CustomParser = static argument => Symbols.Each(argument, static text =>
            text.IndexOf('=', StringComparison.Ordinal) is var equals && equals < 0 ? KeyValuePair.Create(text, (string?)null) : KeyValuePair.Create(text[..equals], (string?)text[(equals + 1)..])),
    };

    /// <summary>Gives the command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_name, _port, _text, _subtypes])
            command.Add(option);
        foreach (Option label in (ReadOnlySpan<Option>)[_name, _subtypes])
            label.Validators.Add(result =>
            {
                if (result.Tokens.Any(static token => System.Text.Encoding.UTF8.GetByteCount(token.Value) is 0 or > MaxLabelSize))
                    result.AddError($"'{label.Name}' wants a name of 1 to {MaxLabelSize} bytes.");
            });
        command.Validators.Add(result =>
        {
            if (result.GetResult(_name) is not null && result.GetResult(_port) is null)
                result.AddError("Name the port of the service with '--port N'.");
            if (result.GetResult(_name) is null && (result.GetResult(_port) ?? result.GetResult(_text) ?? result.GetResult(_subtypes)) is not null)
                result.AddError("'--port', '--txt' and '--subtype' go with '--advertise NAME'.");
        });
    }

    /// <summary>What the user wants published; null for nothing.</summary>
    /// <exception cref="UsageException">It cannot be published.</exception>
    public ServicePublication? Read(ParseResult parsed, string type)
    {
        if (parsed.GetValue(_name) is not { } name)
            return null;
        try
        {
            return new()
            {
                Instance = name,
                Type = type,
                Port = (ushort)parsed.GetValue(_port)!.Value,
                Subtypes = parsed.GetValue(_subtypes) ?? [],
                Text = ServiceText.Create(parsed.GetValue(_text) ?? []),
            };
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(Symbols.MessageOf(exception));
        }
    }

    /// <summary>Publishes until the token is cancelled, and tells under which name: the one that was asked for, or the next when another host has that.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(MdnsHost host, ServicePublication publication, Report report, CancellationToken cancellationToken)
    {
        await using ServiceRegistration registration = Publish(host, publication);
        string? told = null;
        try
        {
            while (true)
            {
                await registration.WaitUntilAnnouncedAsync(told, cancellationToken);
                told = registration.Instance;
                Show(report, publication, told, registration.Host);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.Note("Stopping.");
            return told is null ? ExitCode.Nothing : ExitCode.Success;
        }
    }

    private static ServiceRegistration Publish(MdnsHost host, ServicePublication publication)
    {
        try
        {
            return host.Publish(publication);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(Symbols.MessageOf(exception));
        }
    }

    private static void Show(Report report, ServicePublication publication, string instance, string host)
    {
        if (report.Json is { } json)
            json.Write("published", writer => ServiceLine.Write(writer, instance, publication.Type, host, null, publication.Port, publication.Text));
        else
            report.Console.WriteLine(HumanText.Harmless($"{instance} ({publication.Type}) at {ServiceLine.HostText(host)}, port {publication.Port}"));
    }
}
