namespace Discovery.Simulation;

/// <summary>Draws from distributions that <see cref="Random"/> does not know.</summary>
internal static class Distributions
{
    // Lanczos' approximation with g = 7 and nine terms: good to 15 digits.
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>A normally distributed number of mean 0 and variance 1 (Box, Muller 1958).</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A number of the gamma distribution with scale 1 and a shape of at least 1 (Marsaglia, Tsang 2000).</summary>
    public static double Gamma(Random random, double shape)
    {
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = Normal(random), root = 1 + c * normal, cube = root * root * root;
            if (root > 0 && Math.Log(1 - random.NextDouble()) < normal * normal / 2 + d - d * cube + d * Math.Log(cube))
                return d * cube;
        }
    }

    /// <summary>Euler's gamma function of a number of at least 1.</summary>
    public static double GammaFunction(double value)
    {
        double x = value - 1, sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++)
            sum += Lanczos[i] / (x + i);
        double t = x + 7.5;
        return Math.Sqrt(2 * Math.PI) * Math.Pow(t, x + 0.5) * Math.Exp(-t) * sum;
    }
}
