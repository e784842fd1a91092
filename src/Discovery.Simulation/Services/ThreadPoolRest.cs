using System.Diagnostics;

namespace Discovery.Simulation.Services;

/// <summary>Waits until the thread pool, where continuations run, has nothing left to do.</summary>
/// <remarks>
/// Exact as long as nobody keeps a thread of the pool: a work item counts as pending until a worker that counts as busy has taken it. A thread that is kept for longer than the patience is
/// taken for one that is never given back, such as those on which test hosts wait. Wait on a thread that is not of the pool: beside those that are kept it may have no other, until it finds
/// after half a second that it starves.
/// </remarks>
internal static class ThreadPoolRest
{
    /// <summary>How long the pool is watched to learn who keeps its threads: on a busy machine somebody who only waits for a processor looks like one of them for long.</summary>
    private static readonly TimeSpan s_calibration = TimeSpan.FromMilliseconds(200);

    /// <summary>With kept threads a work item looks like one of them while its host uses it: it is given this long to end.</summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromMicroseconds(100);

    /// <summary>The same while one that lasted beyond the patience is taken for kept: when it ends, it must be seen that there is one less.</summary>
    private static readonly TimeSpan s_longMoment = TimeSpan.FromMilliseconds(5);

    /// <summary>A longer step is no waiting: the whole process stood, at a breakpoint for one.</summary>
    private static readonly TimeSpan s_longestStep = TimeSpan.FromMilliseconds(50);

    private static int s_kept;
    private static volatile bool s_isSure;

    /// <summary>How many threads of the pool are taken for kept.</summary>
    public static int Kept => Volatile.Read(ref s_kept);

    /// <summary>Notes how many threads somebody keeps. To be called while there is no work that is to be waited for.</summary>
    public static void Calibrate()
    {
        int fewest = CountOthers();
        // It takes its time only at first, and when the patience has been lost since.
        for (long began = Stopwatch.GetTimestamp(); fewest > 0 && !s_isSure && Stopwatch.GetElapsedTime(began) < s_calibration; Thread.Yield())
            fewest = Math.Min(fewest, CountOthers());
        if (!s_isSure || fewest < Kept)
            Keep(fewest, isSure: true);
    }

    /// <summary>Waits until no work item waits and nobody is at work but those who keep a thread, and the caller.</summary>
    /// <param name="patience">How long others may be at work before they are taken for those who keep their threads.</param>
    /// <param name="afterWork">Whether there is fresh work to be waited for; else it is only looked whether there is any.</param>
    /// <param name="flow">The work in question, of which it is known who is at it; null when it is not.</param>
    /// <returns>Whether it came to rest within the patience.</returns>
    public static bool Wait(TimeSpan patience, bool afterWork = true, WorkFlow? flow = null)
    {
        int kept = Kept, blocked = flow?.Blocked ?? 0, fewest = int.MaxValue, fewestOwn = int.MaxValue;
        TimeSpan moment = !afterWork ? TimeSpan.Zero : s_isSure ? s_moment : s_longMoment;
        long last = Stopwatch.GetTimestamp(), quietSince = last, completed = 0;
        TimeSpan waited = TimeSpan.Zero;
        // Twice, for the counts are not of one moment.
        for (int quiet = 0; ;)
        {
            int others = CountOthers(), own = flow?.Threads ?? 0;
            (fewest, fewestOwn) = (Math.Min(fewest, others), Math.Min(fewestOwn, own));
            if (ThreadPool.PendingWorkItemCount > 0 || others > kept || own > blocked || quiet > 0 && completed != ThreadPool.CompletedWorkItemCount)
                quiet = 0;
            else if (quiet++ == 0)
                (quietSince, completed) = (Stopwatch.GetTimestamp(), ThreadPool.CompletedWorkItemCount);
            else if (others == 0 || Stopwatch.GetElapsedTime(quietSince) >= moment)
            {
                if (fewest < kept)
                    Keep(fewest, isSure: true);
                flow?.Blocked = Math.Min(blocked, fewestOwn);
                return true;
            }
            if (quiet > 0)
                continue;
            long now = Stopwatch.GetTimestamp();
            TimeSpan step = Stopwatch.GetElapsedTime(last, now);
            waited += step < s_longestStep ? step : s_longestStep;
            last = now;
            if (waited > patience)
            {
                Keep(fewest, isSure: false);
                flow?.Blocked = fewestOwn;
                return false;
            }
            Thread.Yield();
        }
    }

    private static void Keep(int kept, bool isSure)
    {
        Volatile.Write(ref s_kept, kept);
        s_isSure = isSure;
    }

    private static int CountOthers()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return most - available - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }
}
