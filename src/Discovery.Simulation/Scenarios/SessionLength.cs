namespace Discovery.Simulation;

/// <summary>How long nodes stay: a distribution of session lengths.</summary>
public abstract record SessionLength
{
    private SessionLength() { }

    /// <summary>The mean.</summary>
    public abstract TimeSpan Mean { get; }

    /// <summary>The length of a session that begins.</summary>
    internal abstract TimeSpan Draw(Random random);

    /// <summary>What is left of a session that is met under way. Long ones are met more often than short ones, so this is not a draw from the lengths themselves.</summary>
    internal abstract TimeSpan DrawRest(Random random);

    internal abstract string ToCode();

    /// <summary>Sessions that end at any moment with the same probability.</summary>
    /// <param name="Length">The mean. Longer than zero.</param>
    public sealed record Exponential(TimeSpan Length) : SessionLength
    {
        /// <summary>The mean.</summary>
        public TimeSpan Length { get; } = Length > TimeSpan.Zero ? Length : throw new ArgumentOutOfRangeException(nameof(Length), Length, "A session takes time.");

        /// <inheritdoc/>
        public override TimeSpan Mean => Length;

        internal override TimeSpan Draw(Random random) => Length * -Math.Log(1 - random.NextDouble());

        // It has no memory.
        internal override TimeSpan DrawRest(Random random) => Draw(random);

        internal override string ToCode() => $"new {nameof(SessionLength)}.{nameof(Exponential)}({Code.Of(Length)})";
    }
}
