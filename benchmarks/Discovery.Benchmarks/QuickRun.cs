using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Discovery.Benchmarks;

/// <summary>The same benchmarks by a calibrated loop, in seconds instead of minutes: good for ratios of one run.</summary>
internal static class QuickRun
{
    private const int Rounds = 15;
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(40);

    public static int Run(string[] filters)
    {
        Console.WriteLine($"{"",-50} {"best",10} {"median",10} {"goal",10} {"B/op",6}");
        bool met = true;
        foreach (Type type in typeof(QuickRun).Assembly.GetTypes().OrderBy(static t => t.Name))
        {
            (MethodInfo Method, string Name)[] methods =
                [.. type.GetMethods().Where(static m => m.IsDefined(typeof(BenchmarkAttribute))).Select(m => (m, $"{type.Name}.{m.Name}"))
                    .Where(m => filters.Length == 0 || filters.Any(f => m.Item2.Contains(f, StringComparison.OrdinalIgnoreCase)))];
            if (methods.Length == 0)
                continue;
            object instance = Activator.CreateInstance(type)!;
            foreach (MethodInfo setup in type.GetMethods().Where(static m => m.IsDefined(typeof(GlobalSetupAttribute))))
                setup.Invoke(instance, null);
            foreach ((MethodInfo method, string name) in methods)
                met &= Measure(name, method.CreateDelegate<Func<int>>(instance), method.GetCustomAttribute<GoalAttribute>());
        }
        return met ? 0 : 1;
    }

    private static bool Measure(string name, Func<int> operation, GoalAttribute? goal)
    {
        // The tiers above need calls, a background thread and time.
        long operations = 1;
        for (Stopwatch warmUp = Stopwatch.StartNew(); warmUp.ElapsedMilliseconds < 700;)
            Loop(operation, 100);
        while (Loop(operation, operations) < s_round)
            operations *= 2;
        double[] nanoseconds = new double[Rounds];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            nanoseconds[i] = Loop(operation, operations).TotalNanoseconds / operations;
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (Rounds * operations);
        Array.Sort(nanoseconds);
        double median = nanoseconds[Rounds / 2];
        bool met = goal is null || median <= goal.Nanoseconds && allocated <= goal.Bytes;
        Console.WriteLine($"{name,-50} {nanoseconds[0],7:N0} ns {median,7:N0} ns {(goal is null ? "" : $"{goal.Nanoseconds:N0} ns"),10} {allocated,6} {(met ? "" : "MISSED")}");
        return met;
    }

    private static TimeSpan Loop(Func<int> operation, long count)
    {
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < count; i++)
            operation();
        return Stopwatch.GetElapsedTime(start);
    }
}
