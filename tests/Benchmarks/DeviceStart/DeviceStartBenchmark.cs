using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.DeviceStart;

/// <summary>What a device adds to a worker's start: its context, and the kernels that workers begin with.</summary>
/// <param name="name">Name on the command line.</param>
/// <param name="open">Opens the device, told where compiled kernels lie.</param>
/// <param name="time">What measures.</param>
internal sealed class DeviceStartBenchmark(string name, Func<string, Accelerator> open, TimeProvider time) : IBenchmark
{
    private const int Rounds = 5;

    public string Name => name;

    public string Question => "a device's context and kernels at a worker's start: the first on a machine, which compiles, and the next, which load what it compiled";

    public Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("hearth-bench-");
        try
        {
            var (context, compile) = Start(folder.FullName);
            var cached = Enumerable.Range(0, Rounds).Select(_ => Start(folder.FullName)).ToList();
            var (contextAgain, load) = (cached.Min(start => start.Context), cached.Min(start => start.Kernels));
            return Task.FromResult(new BenchmarkRow(
                [("contextMs", context), ("compileMs", compile), ("contextAgainMs", contextAgain), ("loadMs", load), ("compileRatio", compile / load)],
                []));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private (double Context, double Kernels) Start(string folder)
    {
        var started = time.GetTimestamp();
        using var accelerator = open(folder);
        var opened = time.GetTimestamp();
        accelerator.Warm();
        return (time.GetElapsedTime(started, opened).TotalMilliseconds, time.GetElapsedTime(opened).TotalMilliseconds);
    }
}
