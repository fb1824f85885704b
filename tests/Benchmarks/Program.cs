using Hearth.Benchmarks;
using Hearth.Benchmarks.Batching;
using Hearth.Benchmarks.Clients;
using Hearth.Benchmarks.ColdStart;
using Hearth.Benchmarks.Fold;
using Hearth.Benchmarks.Gateway;
using Hearth.Benchmarks.Gemm;
using Hearth.Benchmarks.Hop;
using Hearth.Benchmarks.Placement;
using Hearth.Benchmarks.Policy;
using Hearth.Benchmarks.Reconcile;
using Hearth.Benchmarks.Round;
using Hearth.Compute.Cpu;

if (args is [ApiServerProcess.Command, var kubeconfig])
    return await ApiServerProcess.RunAsync(kubeconfig, ReconcileBenchmark.Changes);

if (args is [HopConsumer.Command, var folder, var port, var redis])
    return await HopConsumer.RunAsync(folder, port, redis);

// [NAME] [--json]; HEARTH names the executable that is measured.
var hearth = Environment.GetEnvironmentVariable("HEARTH") ?? Path.Combine(AppContext.BaseDirectory, "hearth");
IBenchmark[] all =
[
    new ColdStartBenchmark(hearth, TimeProvider.System),
    new ReconcileBenchmark(hearth, TimeProvider.System),
    new FoldBenchmark("fold", () => new CpuAccelerator(), TimeProvider.System),
    new GemmBenchmark("gemm", useLibrary => new CpuAccelerator(new() { UseOpenBlas = useLibrary }), _ => OpenBlasPeer.Load(), TimeProvider.System),
    new GatewayBenchmark(hearth, TimeProvider.System),
    new HopBenchmark(TimeProvider.System),
    new PolicyBenchmark(),
    new RoundBenchmark(hearth, TimeProvider.System),
    new PlacementBenchmark(),
    new BatchingBenchmark(),
    new ClientsBenchmark(hearth, TimeProvider.System),
];

var names = args.Where(arg => arg != "--json").ToList();
var chosen = names.Count == 0 ? all : Array.FindAll(all, benchmark => names.Contains(benchmark.Name));
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"bench: no benchmark \"{string.Join(' ', names)}\"; there are: {string.Join(", ", all.Select(benchmark => benchmark.Name))}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
foreach (var benchmark in chosen)
{
    Console.WriteLine($"{benchmark.Name}: {benchmark.Question}");
    var row = await benchmark.RunAsync(stop.Token);
    row.Print(Console.Out);
    if (args.Contains("--json"))
        Console.WriteLine(row.ToJson());
}
return 0;
