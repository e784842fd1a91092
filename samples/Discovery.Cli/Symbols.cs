using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Discovery.Cli;

/// <summary>Options and arguments that check what they are given.</summary>
internal static class Symbols
{
    public const string On = "on", Off = "off";

    /// <summary>How long a command may search.</summary>
    public static Option<double> Timeout(double defaultSeconds) => new("--timeout")
    {
        HelpName = "SECONDS",
        Description = "When to stop searching.",
        DefaultValueFactory = _ => defaultSeconds,
        CustomParser = static argument =>
        {
            if (!double.TryParse(argument.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds is not (> 0 and <= 86_400))
                argument.AddError($"'{argument.Tokens[0].Value}' is not a number of seconds: more than 0, at most 86400.");
            return seconds;
        },
    };

    /// <summary>An option that is <see cref="On"/> or <see cref="Off"/>.</summary>
    public static Option<string> Switch(string name, string description)
    {
        Option<string> option = new(name) { HelpName = "on|off", Description = description, DefaultValueFactory = static _ => Off };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [Token token] && token.Value is not (On or Off))
                result.AddError($"'{token.Value}' is neither 'on' nor 'off', which '{name}' wants.");
        });
        return option;
    }

    /// <summary>A number; null when it is not given.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="helpName">What the help calls the number.</param>
    /// <param name="description">What the help says of it.</param>
    /// <param name="kind">What kind of number it has to be.</param>
    /// <param name="isValid">Whether it is.</param>
    public static Option<double?> Real(string name, string helpName, string description, string kind, Func<double, bool> isValid) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = argument =>
        {
            if (!double.TryParse(argument.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !isValid(value))
                argument.AddError($"'{argument.Tokens[0].Value}' is not {kind}, which '{name}' wants.");
            return value;
        },
    };

    /// <summary>In which order layers are asked.</summary>
    public static Option<DiscoveryStrategy> Strategy() => new("--strategy")
    {
        HelpName = "local-first|balanced|hybrid",
        Description = "Near peers before far ones; a share from each scope; or the first good answers from anywhere. Default: hybrid.",
        DefaultValueFactory = static _ => DiscoveryStrategy.Hybrid,
        CustomParser = static argument =>
        {
            switch (argument.Tokens[0].Value)
            {
                case "local-first":
                    return DiscoveryStrategy.LocalFirst;
                case "balanced":
                    return DiscoveryStrategy.Balanced;
                case "hybrid":
                    return DiscoveryStrategy.Hybrid;
                default:
                    argument.AddError($"'{argument.Tokens[0].Value}' is not a strategy: local-first, balanced or hybrid.");
                    return default;
            }
        },
    };

    /// <summary>A whole number within a range; null when it is not given.</summary>
    public static Option<long?> Number(string name, string description, long min, long max) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = argument =>
        {
            if (!long.TryParse(argument.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) || value < min || value > max)
                argument.AddError($"'{argument.Tokens[0].Value}' is not a number from {min} to {max}, which '{name}' wants.");
            return value;
        },
    };

    /// <summary>An argument of 40 hexadecimal digits.</summary>
    public static Argument<NodeId> Id(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = static argument =>
        {
            if (!NodeId.TryParse(argument.Tokens[0].Value, null, out NodeId id))
                argument.AddError($"'{argument.Tokens[0].Value}' is not 40 hexadecimal digits.");
            return id;
        },
    };

    /// <summary>An argument that names a host and a port.</summary>
    public static Argument<BootstrapNode> Host(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = static argument => Each(argument, static text => new BootstrapNode { EndPoint = text }).FirstOrDefault(),
    };

    /// <summary>The salt of a BEP 44 item, as text.</summary>
    public static Option<string> Salt(string description)
    {
        Option<string> option = new("--salt") { HelpName = "S", Description = description };
        option.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && SaltBytes(result.Tokens[0].Value).Length > SignedItem.MaxSaltSize)
                result.AddError($"A salt has at most {SignedItem.MaxSaltSize} bytes.");
        });
        return option;
    }

    /// <summary>The bytes of a salt that was given as text; none for null.</summary>
    public static byte[] SaltBytes(string? text) => System.Text.Encoding.UTF8.GetBytes(text ?? "");

    /// <summary>Every value given; what cannot be read is the user's error, in the words of whoever reads it.</summary>
    public static T[] Each<T>(ArgumentResult argument, Func<string, T> parse)
    {
        List<T> values = [];
        foreach (Token token in argument.Tokens)
        {
            try
            {
                values.Add(parse(token.Value));
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException)
            {
                argument.AddError(MessageOf(exception));
            }
        }
        return [.. values];
    }

    /// <summary>What an exception says to somebody who does not know the names of parameters.</summary>
    public static string MessageOf(Exception exception) =>
        exception is ArgumentException { ParamName: { } name } ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
}
