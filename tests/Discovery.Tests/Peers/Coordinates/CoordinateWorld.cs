using Discovery.Peers;

namespace Discovery.Tests.Peers.Coordinates;

/// <summary>Nodes that measure each other and learn where they are. A liar says what <see cref="Say"/> gives instead.</summary>
internal sealed class CoordinateWorld
{
    private const int Nodes = 200;

    private readonly Random _random;
    private readonly CoordinateTracker[] _trackers;
    private readonly Func<int, int, double> _measure;
    private readonly int _liars;

    /// <param name="seed">One seed, one history.</param>
    /// <param name="measure">The round-trip time between two nodes in milliseconds, as one measurement gives it.</param>
    /// <param name="liars">How many of the nodes, the first ones, lie.</param>
    public CoordinateWorld(int seed, Func<int, int, double> measure, int liars = 0)
    {
        (_random, _measure, _liars) = (new(seed), measure, liars);
        _trackers = [.. Enumerable.Range(0, Nodes).Select(number => new CoordinateTracker(new Random(seed * 1000 + number)))];
    }

    /// <summary>What a liar says to a node of a coordinate it has honestly learnt.</summary>
    public Func<NetworkCoordinate, NetworkCoordinate> Say { get; set; } = static honest => honest;

    /// <summary>What the second of two, a liar, says to the first; null for what <see cref="Say"/> gives.</summary>
    public Func<int, int, NetworkCoordinate>? SayTo { get; set; }

    /// <summary>By how much a liar's answers come late, in milliseconds.</summary>
    public double Delay { get; set; }

    public NetworkCoordinate this[int node] => _trackers[node].Current;

    /// <summary>Places nodes in a plane 200 ms wide; each has a line of its own of 1 to 5 ms.</summary>
    public static double[,] Plane(int seed)
    {
        Random random = new(seed);
        (double X, double Y, double Line)[] places = [.. Enumerable.Range(0, Nodes).Select(_ => (random.NextDouble() * 200, random.NextDouble() * 200, 1 + random.NextDouble() * 4))];
        double[,] matrix = new double[Nodes, Nodes];
        for (int a = 0; a < Nodes; a++)
            for (int b = 0; b < Nodes; b++)
                matrix[a, b] = Math.Sqrt(Math.Pow(places[a].X - places[b].X, 2) + Math.Pow(places[a].Y - places[b].Y, 2)) + places[a].Line + places[b].Line;
        return matrix;
    }

    /// <summary>Each node asks another one in each round; what it hears is rounded to 16 bits as on the wire.</summary>
    public void Run(int rounds)
    {
        Span<byte> wire = stackalloc byte[NetworkCoordinate.Size];
        for (int round = 0; round < rounds; round++)
            for (int node = 0; node < Nodes; node++)
            {
                int other = (node + 1 + _random.Next(Nodes - 1)) % Nodes;
                bool isLie = other < _liars;
                NetworkCoordinate said = !isLie ? _trackers[other].Current : SayTo?.Invoke(node, other) ?? Say(_trackers[other].Current);
                Assert.That(said.TryFormat(wire) && (NetworkCoordinate.TryParse(wire, out said) || isLie));
                _trackers[node].Update(said, TimeSpan.FromMilliseconds(_measure(node, other) + (isLie ? Delay : 0)));
            }
    }

    /// <summary>The median of |predicted − true| / true over all pairs of honest nodes.</summary>
    public double MedianError(double[,] truth)
    {
        List<double> errors = [];
        for (int a = _liars; a < Nodes; a++)
            for (int b = a + 1; b < Nodes; b++)
                errors.Add(Math.Abs(this[a].Predict(this[b]).TotalMilliseconds - truth[a, b]) / truth[a, b]);
        errors.Sort();
        return errors[errors.Count / 2];
    }
}
