using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>How long nodes stay: a distribution of session lengths. What would be longer than 3650 days is cut off there.</summary>
public abstract record SessionLength
{
    /// <summary>What a heavy tail may bring at most: no simulation lasts that long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>The least that the unit of a distribution may be. A third of all sessions at least are longer than that, whatever the distribution: virtual time goes on.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private const double LeastParameter = 0.01, MostParameter = 100;

    private SessionLength() { }

    /// <summary>Sessions as they were measured on Mainline: half of them shorter than 200 minutes, 3 % longer than 9000 minutes.</summary>
    /// <remarks>The two quantiles are those that the authors of "Measuring Large-Scale Distributed Systems: Case of BitTorrent Mainline DHT" (L. Wang, J. Kangasharju, IEEE P2P 2013)
    /// published with their data, in words ("about 50 %", "3 %"); they found the sum of two exponential distributions to fit what they had. The log-normal distribution through both
    /// quantiles is our fit, with a heavier tail. Its mean is about 26 hours, and what is met by chance is mostly the few that stay for weeks.</remarks>
    public static SessionLength Mainline { get; } = new LogNormal(TimeSpan.FromMinutes(200), 2.024);

    /// <summary>The mean.</summary>
    public abstract TimeSpan Mean { get; }

    /// <summary>The length of a session that begins.</summary>
    internal abstract TimeSpan Draw(Random random);

    /// <summary>What is left of a session that is met under way. Long ones are met more often than short ones, in proportion to their lengths, and each at any moment of its course.</summary>
    internal abstract TimeSpan DrawRest(Random random);

    internal abstract string ToCode();

    private static TimeSpan Bounded(TimeSpan unit, double times) => times * (unit / Longest) < 1 ? unit * times : Longest;

    private static TimeSpan CheckUnit(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, Shortest, Longest, name);

    private static double CheckParameter(double value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, LeastParameter, MostParameter, name);

    /// <summary>Sessions that end at any moment with the same probability.</summary>
    /// <param name="Length">The mean: 1 s to 3650 days.</param>
    public sealed record Exponential(TimeSpan Length) : SessionLength
    {
        /// <summary>The mean.</summary>
        public TimeSpan Length { get; } = CheckUnit(Length);

        /// <inheritdoc/>
        public override TimeSpan Mean => Length;

        internal override TimeSpan Draw(Random random) => Bounded(Length, -Math.Log(1 - random.NextDouble()));

        // It has no memory.
        internal override TimeSpan DrawRest(Random random) => Draw(random);

        internal override string ToCode() => $"new {nameof(SessionLength)}.{nameof(Exponential)}({Code.Of(Length)})";
    }

    /// <summary>Sessions that are the likelier to go on the longer they have lasted when the shape is below 1, as in the KAD network: 0.6 (Steiner, En-Najjary, Biersack 2007).</summary>
    /// <param name="Scale">The length that a part of 1/e exceeds: 1 s to 3650 days.</param>
    /// <param name="Shape">The exponent: 0.01 to 100; 1 is the exponential distribution.</param>
    public sealed record Weibull(TimeSpan Scale, double Shape) : SessionLength
    {
        /// <summary>The length that a part of 1/e exceeds.</summary>
        public TimeSpan Scale { get; } = CheckUnit(Scale);

        /// <summary>The exponent.</summary>
        public double Shape { get; } = CheckParameter(Shape);

        /// <inheritdoc/>
        public override TimeSpan Mean => Bounded(Scale, Distributions.GammaFunction(1 + 1 / Shape));

        internal override TimeSpan Draw(Random random) => Bounded(Scale, Math.Pow(-Math.Log(1 - random.NextDouble()), 1 / Shape));

        // (length / scale)^shape is exponential; weighted with the length it has a gamma distribution.
        internal override TimeSpan DrawRest(Random random) => Bounded(Scale, Math.Pow(Distributions.Gamma(random, 1 + 1 / Shape), 1 / Shape) * random.NextDouble());

        internal override string ToCode() => $"new {nameof(SessionLength)}.{nameof(Weibull)}({Code.Of(Scale)}, {Code.Of(Shape)})";
    }

    /// <summary>Sessions whose logarithm is normally distributed: a heavy tail.</summary>
    /// <param name="Median">The length that half of them exceed: 1 s to 3650 days.</param>
    /// <param name="Sigma">The standard deviation of the natural logarithm: 0.01 to 100.</param>
    public sealed record LogNormal(TimeSpan Median, double Sigma) : SessionLength
    {
        /// <summary>The length that half of the sessions exceed.</summary>
        public TimeSpan Median { get; } = CheckUnit(Median);

        /// <summary>The standard deviation of the natural logarithm.</summary>
        public double Sigma { get; } = CheckParameter(Sigma);

        /// <inheritdoc/>
        public override TimeSpan Mean => Bounded(Median, Math.Exp(Sigma * Sigma / 2));

        internal override TimeSpan Draw(Random random) => Bounded(Median, Math.Exp(Sigma * Distributions.Normal(random)));

        // Weighted with the length it is log-normal too, the logarithm larger by the variance.
        internal override TimeSpan DrawRest(Random random) => Bounded(Median, Math.Exp(Sigma * Sigma + Sigma * Distributions.Normal(random)) * random.NextDouble());

        internal override string ToCode() => $"new {nameof(SessionLength)}.{nameof(LogNormal)}({Code.Of(Median)}, {Code.Of(Sigma)})";
    }
}
