namespace Discovery.Cli;

/// <summary>What scripts go by.</summary>
internal static class ExitCode
{
    /// <summary>Something was found or stored; a node that was told to stop.</summary>
    public const int Success = 0;

    /// <summary>Nothing was found, or nobody acknowledged.</summary>
    public const int Nothing = 1;

    /// <summary>The command line is wrong, or names something that cannot be used: a port that is taken, a file that is no key.</summary>
    public const int Usage = 2;
}
