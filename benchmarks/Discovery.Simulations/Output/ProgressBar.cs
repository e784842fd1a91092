using Discovery.Simulation;
using Discovery.Simulations.Plots;
using Spectre.Console;

namespace Discovery.Simulations.Output;

/// <summary>Shows how far the simulations are to somebody who sits before a terminal; to others nothing.</summary>
internal sealed class ProgressBar
{
    /// <summary>All fits into the 80 columns of a terminal.</summary>
    private const int BarWidth = 20;

    private readonly ProgressContext? _context;

    private ProgressBar(ProgressContext? context) => _context = context;

    /// <summary>Does something long under a bar.</summary>
    public static T Show<T>(TextWriter error, Func<ProgressBar, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Profile.Out.IsTerminal
            ? console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new PercentageColumn())
                .Start(context => work(new(context)))
            : work(new(null));
    }

    /// <summary>Follows one simulation.</summary>
    public IProgress<SimulationProgress> For(Scenario scenario, bool isPlain)
    {
        if (_context is null)
            return new Follower(static _ => { });
        string name = $"{scenario.Name}{(isPlain ? ", plain" : "")}";
        ProgressTask task = _context.AddTask(Markup.Escape(name));
        return new Follower(progress =>
        {
            task.Value = progress.Part * task.MaxValue;
            TimeSpan passed = TimeSpan.FromSeconds(Math.Round((scenario.Duration * progress.Part).TotalSeconds));
            task.Description = Markup.Escape($"{name}: {passed}, {Axis.Plain(progress.Datagrams)} datagrams");
        });
    }

    /// <summary>Counts simulations that have ended. It may be called from many threads.</summary>
    public Action<SimulationReport>? For(int seeds)
    {
        if (_context is null)
            return null;
        ProgressTask task = _context.AddTask($"0 of {seeds} seeds", maxValue: seeds);
        int done = 0, broken = 0;
        return report =>
        {
            lock (task)
            {
                broken += report.Broken.Count > 0 ? 1 : 0;
                task.Value = ++done;
                task.Description = $"{done} of {seeds} seeds, {broken} broke an invariant";
            }
        };
    }

    // Progress<T> would hand it to another thread.
    private sealed class Follower(Action<SimulationProgress> report) : IProgress<SimulationProgress>
    {
        public void Report(SimulationProgress value) => report(value);
    }
}
