namespace Discovery.Simulation;

/// <summary>How long nodes stay: a distribution of session lengths.</summary>
public abstract record SessionLength
{
    private SessionLength() { }

    /// <summary>The mean.</summary>
    public abstract TimeSpan Mean { get; }

    internal abstract TimeSpan Draw(Random random);

    /// <summary>Sessions that end at any moment with the same probability.</summary>
    /// <param name="Length">The mean.</param>
    public sealed record Exponential(TimeSpan Length) : SessionLength
    {
        /// <inheritdoc/>
        public override TimeSpan Mean => Length;

        internal override TimeSpan Draw(Random random) => Length * -Math.Log(1 - random.NextDouble());
    }
}
