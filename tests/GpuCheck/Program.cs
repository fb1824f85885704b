using Hearth.Benchmarks;
using Hearth.Benchmarks.DeviceStart;
using Hearth.Benchmarks.Fold;
using Hearth.Benchmarks.Gemm;
using Hearth.Compute;
using Hearth.Compute.Cuda;
using Hearth.Compute.Devices;
using Hearth.GpuCheck;

// [cuda|opencl|cpu|device-start|fold|gemm]...; all of them where none is named.
string[] suites = ["cuda", "opencl", "cpu"];
bool IsAsked(string part) => args.Length == 0 || args.Contains(part, StringComparer.OrdinalIgnoreCase);

foreach (var found in AcceleratorCatalog.List())
    Console.WriteLine($"{found.Type}: {found.Name ?? "none"}, {string.Join(", ", found.Capabilities)}{(found.Missing is null ? "" : $"; not usable: {found.Missing}")}");
var run = new ConformanceRun(Console.Out);
// Measured first, so that the first context of the process is among what is measured.
await MeasureAsync("device-start");
foreach (var suite in suites.Where(IsAsked))
    run.Run(suite);
await MeasureAsync("fold", "gemm");
Console.WriteLine($"{run.Passed} passed, {run.Failed} failed, {run.Skipped} skipped");
return run.Failed == 0 ? 0 : 1;

async Task MeasureAsync(params string[] names)
{
    try
    {
        var device = CudaDevice.GetDevices()[0];
        IBenchmark[] benchmarks =
        [
            new DeviceStartBenchmark("device-start", folder => new CudaAccelerator(device, new() { CacheDirectory = folder }), TimeProvider.System),
            new FoldBenchmark("fold", () => new CudaAccelerator(device), TimeProvider.System),
            new GemmBenchmark(
                "gemm", useLibrary => new CudaAccelerator(device, new() { UseCublas = useLibrary }), CublasPeer.TryOpen, TimeProvider.System),
        ];
        foreach (var benchmark in benchmarks.Where(benchmark => names.Contains(benchmark.Name) && IsAsked(benchmark.Name)))
        {
            Console.WriteLine($"{benchmark.Name}: {benchmark.Question}");
            var row = await benchmark.RunAsync(CancellationToken.None);
            row.Print(Console.Out);
            Console.WriteLine(row.ToJson());
        }
    }
    catch (CapabilityNotSupportedException e)
    {
        Console.WriteLine($"not measured: {string.Join(", ", names)}: {e.Message}");
    }
}
