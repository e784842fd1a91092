namespace Discovery.Simulations;

/// <summary>What scripts go by.</summary>
internal static class ExitCode
{
    /// <summary>All invariants held.</summary>
    public const int Success = 0;

    /// <summary>An invariant broke, or the program did.</summary>
    public const int Broken = 1;

    /// <summary>The command line is wrong, or names a folder that cannot be written to.</summary>
    public const int Usage = 2;

    /// <summary>Somebody pressed Ctrl-C.</summary>
    public const int Interrupted = 130;
}
