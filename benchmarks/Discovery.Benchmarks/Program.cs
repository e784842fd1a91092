using BenchmarkDotNet.Running;
using Discovery.Benchmarks;

return args switch
{
    ["--quick", .. var filters] => QuickRun.Run(filters),
    ["serve", .. var rest] => await Serve.RunAsync(rest),
    ["serve-compare", .. var rest] => await ServeCompare.RunAsync(rest),
    ["state", .. var rest] => NodeState.Run(rest),
    ["dns-compare", .. var rest] => await DnsCompare.RunAsync(rest),
    ["idle", .. var rest] => await Idle.RunAsync(rest),
    ["tracking", .. var rest] => await Tracking.RunAsync(rest),
    ["track", .. var rest] => await Tracking.TrackAsync(rest),
    ["members", .. var rest] => await Members.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(QuickRun).Assembly).Run(args).Any() ? 0 : 2,
};
