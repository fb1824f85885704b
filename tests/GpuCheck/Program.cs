using Hearth.Benchmarks;
using Hearth.Benchmarks.Fold;
using Hearth.Benchmarks.Gemm;
using Hearth.Compute;
using Hearth.Compute.Cuda;
using Hearth.GpuCheck;

// [cuda|opencl|cpu|fold|gemm]...; all of them where none is named.
string[] suites = ["cuda", "opencl", "cpu"];
bool IsAsked(string part) => args.Length == 0 || args.Contains(part, StringComparer.OrdinalIgnoreCase);

var run = new ConformanceRun(Console.Out);
foreach (var suite in suites.Where(IsAsked))
    run.Run(suite);
await MeasureAsync();
Console.WriteLine($"{run.Passed} passed, {run.Failed} failed, {run.Skipped} skipped");
return run.Failed == 0 ? 0 : 1;

async Task MeasureAsync()
{
    try
    {
        var device = CudaDevice.GetDevices()[0];
        IBenchmark[] benchmarks =
        [
            new FoldBenchmark("fold", () => new CudaAccelerator(device), TimeProvider.System),
            new GemmBenchmark(
                "gemm", useLibrary => new CudaAccelerator(device, new() { UseCublas = useLibrary }), CublasPeer.TryOpen, TimeProvider.System),
        ];
        foreach (var benchmark in benchmarks.Where(benchmark => IsAsked(benchmark.Name)))
        {
            Console.WriteLine($"{benchmark.Name}: {benchmark.Question}");
            var row = await benchmark.RunAsync(CancellationToken.None);
            row.Print(Console.Out);
            Console.WriteLine(row.ToJson());
        }
    }
    catch (CapabilityNotSupportedException e)
    {
        Console.WriteLine($"fold and gemm are not measured: {e.Message}");
    }
}
