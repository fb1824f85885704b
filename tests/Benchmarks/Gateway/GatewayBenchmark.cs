using Hearth.Api;
using Hearth.Benchmarks.Reconcile;

namespace Hearth.Benchmarks.Gateway;

/// <summary>How fast the gateway passes requests to a warm function, beside nginx before the same backend.</summary>
/// <remarks>
/// The backend is nginx too: it is small and fast, so what lies between caller and backend decides. Four ways lead to it: none (direct), nginx with
/// nothing but <c>proxy_pass</c>, nginx with HTTP/1.1 and kept connections towards the backend, and the gateway. All share the machine's cores with
/// backend and load generator, take turns round by round, and the median of the rounds counts. The ratios of the goals are against the plain form, as
/// design.md asks; those against the tuned form are printed beside them. Latency is measured at half of what the slowest proxy reaches, the same
/// rate for all, and is added latency: a percentile over a proxy less the same percentile without one. p99 is taken of each tenth of a second, and the
/// median of all tenths counts: where caller, proxy and backend share few cores, or a virtual machine its host's, the system lets one of them wait for tens of
/// milliseconds every now and then, the backend alone too. p99 of whole rounds, which is made of little else there, is printed beside it and may not be above nginx's either.
/// </remarks>
internal sealed class GatewayBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const string BackendIP = "127.23.0.1";
    private const int SmallConnections = 32;
    private const int LargeConnections = 8;
    private const int LatencyConnections = 64;
    private const int Rounds = 5;
    private const int Small = 1024;
    private const int Large = 1024 * 1024;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    public string Name => "gateway";

    public string Question => "requests a second to a warm function and latency added, beside nginx as a reverse proxy to the same backend";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var backend = new Uri($"http://{BackendIP}:{HearthApi.WorkerDataPort}/");
        await using var worker = await NginxProcess.StartAsync(
            Backend(backend), [("large", new byte[Large])], backend, time, cancel);
        var plain = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        await using var plainNginx = await NginxProcess.StartAsync(Plain(plain, backend), [], plain, time, cancel);
        var tuned = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        await using var tunedNginx = await NginxProcess.StartAsync(Tuned(tuned, backend), [], tuned, time, cancel);
        await using var api = await ApiServerProcess.StartAsync(cancel);
        await using var gateway = await GatewayProcess.StartAsync(hearth, api, BackendIP, time, cancel);
        var contenders = new Contenders(backend, plain, tuned, gateway.Function);

        var allocated = await WarmUpAsync(gateway, cancel);
        var small = MeasureRates(contenders, "small", SmallConnections);
        var large = MeasureRates(contenders, "large", LargeConnections);
        var half = Math.Min(small.Plain, Math.Min(small.Tuned, small.Gateway)) / 2;
        var latency = MeasureLatencies(contenders, half);
        return ToRow(allocated, small, large, half, latency);
    }

    private static BenchmarkRow ToRow(double allocated, Figures small, Figures large, double half, Latencies latency)
    {
        var (ratio, ratioLarge) = (small.Gateway / small.Plain, large.Gateway / large.Plain);
        var (added, nginxAdded) = (latency.P99.Gateway - latency.P99.Direct, latency.P99.Plain - latency.P99.Direct);
        var (addedWhole, nginxAddedWhole) = (latency.WholeP99.Gateway - latency.WholeP99.Direct, latency.WholeP99.Plain - latency.WholeP99.Direct);
        var failed = small.Failed + large.Failed + latency.P99.Failed;
        return new(
            [
                ("rpsRatio", ratio), ("rpsRatio1MB", ratioLarge), ("p99AddedMs", added), ("nginxP99AddedMs", nginxAdded), ("failed", failed),
                ("allocatedBytesPerRequest", allocated),
                ("rpsRatioTuned", small.Gateway / small.Tuned), ("rpsRatio1MBTuned", large.Gateway / large.Tuned),
                ("p99AddedTunedMs", latency.P99.Tuned - latency.P99.Direct),
                ("p50AddedMs", latency.P50.Gateway - latency.P50.Direct), ("nginxP50AddedMs", latency.P50.Plain - latency.P50.Direct),
                ("rps", small.Gateway), ("nginxRps", small.Plain), ("nginxTunedRps", small.Tuned), ("directRps", small.Direct),
                ("rps1MB", large.Gateway), ("nginxRps1MB", large.Plain), ("nginxTunedRps1MB", large.Tuned), ("directRps1MB", large.Direct),
                ("directP99Ms", latency.P99.Direct),
                ("wholeP99AddedMs", addedWhole), ("nginxWholeP99AddedMs", nginxAddedWhole), ("directWholeP99Ms", latency.WholeP99.Direct),
                ("latencyRate", half),
            ],
            [
                ("1.2 times nginx's requests a second at 1 KB", ratio >= 1.2),
                ("nginx's requests a second at 1 MB", ratioLarge >= 1),
                ("p99 of added latency at half load within 1 ms and nginx's", added <= 1 && added <= nginxAdded && addedWhole <= nginxAddedWhole),
                ("no request failed", failed == 0),
            ]);
    }

    private static string Backend(Uri at) => $$"""
        sendfile on;
        open_file_cache max=10;
        server {
          listen {{at.Authority}} backlog=4096;
          location = /small { return 200 "{{new string('x', Small)}}"; }
          location = /large { alias {folder}/large; }
        }
        """;

    private static string Plain(Uri at, Uri backend) => $$"""
        server {
          listen {{at.Authority}};
          location / { proxy_pass {{backend}}; }
        }
        """;

    private static string Tuned(Uri at, Uri backend) => $$"""
        upstream backend { server {{backend.Authority}}; keepalive 128; keepalive_requests 1000000000; }
        server {
          listen {{at.Authority}};
          location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_max_temp_file_size 0; }
        }
        """;

    /// <summary>Lets the gateway's code become fast; returns the bytes it then allocates a request.</summary>
    private async Task<double> WarmUpAsync(GatewayProcess gateway, CancellationToken cancel)
    {
        var small = new LoadGenerator(new(gateway.Function, "small"), SmallConnections, time);
        small.Run(Warmup);
        new LoadGenerator(new(gateway.Function, "large"), LargeConnections, time).Run(Window);
        var before = await gateway.AllocatedAsync(cancel);
        var measured = small.Run(Window);
        return (await gateway.AllocatedAsync(cancel) - before) / measured.Requests;
    }

    private Figures MeasureRates(Contenders contenders, string path, int connections)
    {
        var rounds = new List<LoadResult[]>();
        for (var round = 0; round < Rounds; round++)
            rounds.Add([.. contenders.All.Select(address => new LoadGenerator(new(address, path), connections, time).Run(Window))]);
        return Figures.Median(rounds, load => [load.PerSecond]);
    }

    private Latencies MeasureLatencies(Contenders contenders, double rate)
    {
        var rounds = new List<LoadResult[]>();
        for (var round = 0; round < Rounds; round++)
            rounds.Add([.. contenders.All.Select(address => new LoadGenerator(new(address, "small"), LatencyConnections, time).Run(Window * 2, rate))]);
        return new(
            Figures.Median(rounds, load => [load.Percentile(0.5)]),
            Figures.Median(rounds, load => load.Parts.Select(part => LoadResult.Percentile(part, 0.99))),
            Figures.Median(rounds, load => [load.Percentile(0.99)]));
    }

    private sealed record Latencies(Figures P50, Figures P99, Figures WholeP99);

    private sealed record Contenders(Uri Direct, Uri Plain, Uri Tuned, Uri Gateway)
    {
        public IEnumerable<Uri> All => [Direct, Plain, Tuned, Gateway];
    }

    private sealed record Figures(double Direct, double Plain, double Tuned, double Gateway, long Failed)
    {
        public static Figures Median(List<LoadResult[]> rounds, Func<LoadResult, IEnumerable<double>> figures)
        {
            return new(Of(0), Of(1), Of(2), Of(3), rounds.Sum(round => round.Sum(load => load.Failed)));

            double Of(int contender)
            {
                double[] ascending = [.. rounds.SelectMany(round => figures(round[contender])).Order()];
                return ascending[ascending.Length / 2];
            }
        }
    }
}
