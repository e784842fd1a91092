using System.Globalization;

namespace Discovery.Benchmarks;

/// <summary><c>--name value</c> pairs.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public Options(string[] args)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                throw new ArgumentException($"Not an option with a value: {args[i]}");
            _values[args[i][2..]] = args[i + 1];
        }
    }

    public T Get<T>(string name, T otherwise) where T : IParsable<T> =>
        _values.TryGetValue(name, out string? text) ? T.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
