using Hearth.Compute;
using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Fold;

/// <summary>Bytes of updates that an accelerator folds in a second.</summary>
/// <remarks>
/// The bandwidth limit is what folding one update of 32-bit floats could reach if nothing but memory took time: 12 bytes of traffic for 4 bytes of
/// update, at the bandwidth of a triad (on a device, of its own copies) in the same run. More updates a pass read and write the accumulator less often
/// and may exceed it.
/// </remarks>
internal sealed class FoldBenchmark(string name, Func<Accelerator> open, TimeProvider time) : IBenchmark
{
    private const int Rounds = 15;
    private const int DeviceRepeats = 10;
    private const int FlowerUpdates = 8;
    private const int FlowerRounds = 5;
    private const double BandwidthGoal = 0.9;
    private const double BatchedGoal = 1.25;
    private const double NumPyGoal = 16;

    private static readonly int[] Counts = [1, 2, 4, 8, 16];

    public string Name => name;

    public string Question => "bytes of updates folded a second against the memory's bandwidth and against NumPy doing Flower's aggregation";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        using var accelerator = open();
        var isHost = accelerator.AcceleratorType == AcceleratorType.CPU;
        Console.WriteLine($"  on {accelerator.Name}");
        using var limits = isHost ? BandwidthLimit.OfHost(Updates.Elements) : BandwidthLimit.OfDevice(accelerator, Updates.Elements);
        var measured = Measure(accelerator, limits);
        var limit = measured.Bandwidth / 3;
        var (single, batched) = (measured.Rates[(DataType.F32, 1)] / limit, measured.Rates[(DataType.F32, FlowerUpdates)] / limit);
        var figures = new List<(string, double)>
        {
            ("bandwidthRatio", single), ("batchedRatio", batched),
            ("gbPerSecond", measured.Rates[(DataType.F32, FlowerUpdates)] / 1e9), ("limitGBPerSecond", limit / 1e9),
        };
        var goals = new List<(string, bool)>
        {
            ($"one update a pass at {BandwidthGoal} times the bandwidth limit", single >= BandwidthGoal),
            ($"{FlowerUpdates} updates a pass at {BatchedGoal} times the bandwidth limit", batched >= BatchedGoal),
        };
        if (isHost)
        {
            var flower = await FlowerAggregation.MeasureAsync(FlowerUpdates, FlowerRounds, cancel);
            CheckSame(flower, measured.Sum);
            figures.AddRange(
            [
                ("numpyRatio", flower.Seconds / measured.Aggregate), ("numpyLayersRatio", flower.LayersSeconds / measured.Aggregate),
                ("numpyInplaceLayersRatio", flower.InplaceLayersSeconds / measured.Aggregate),
            ]);
            goals.Add(($"{NumPyGoal:0} times as fast as NumPy on the same arrays", flower.Seconds >= NumPyGoal * measured.Aggregate));
        }
        figures.AddRange(measured.Rates.Select(rate => ($"{rate.Key.Type}x{rate.Key.Count}", rate.Value / 1e9)));
        return new(figures, goals);
    }

    private Measured Measure(Accelerator accelerator, BandwidthLimit limits)
    {
        var stream = accelerator.DefaultStream;
        using var updates = new Updates(accelerator, Counts.Max());
        using var accumulator = accelerator.Allocate<float>(Updates.Elements);
        stream.MemSetToZero(accumulator.View);
        var rates = new Dictionary<(DataType Type, int Count), double>();
        // A device takes not much longer for one than the host to queue it and to wait for it.
        var repeats = accelerator.AcceleratorType == AcceleratorType.CPU ? 1 : DeviceRepeats;
        var (bandwidth, aggregate) = (0.0, 0.0);
        foreach (var type in (ReadOnlySpan<DataType>)[DataType.F16, DataType.BF16, DataType.I8, DataType.F32])
        {
            updates.Fill(type);
            var folds = Counts.Select(count => new Action(() => Fold(updates.Take(count))));
            var best = Fastest.Of(time, Rounds, [.. folds.Concat(limits.Runs).Append(Aggregate).Select(Repeat)]);
            for (var i = 0; i < Counts.Length; i++)
                rates[(type, Counts[i])] = repeats * Counts[i] * (double)type.Size() * Updates.Elements / best[i];
            bandwidth = Math.Max(bandwidth, repeats * limits.Bytes / best[Counts.Length..^1].Min());
            aggregate = best[^1] / repeats;
        }
        Aggregate();
        return new(bandwidth, rates, aggregate, Sum(stream, accumulator.View));

        void Fold(FoldInput[] inputs) => stream.Fold(inputs, accumulator.View);

        void Aggregate() => stream.Fold(updates.Take(FlowerUpdates), accumulator.View, overwrite: true);

        Action Repeat(Action work) => () =>
        {
            for (var i = 0; i < repeats; i++)
                work();
            stream.Synchronize();
        };
    }

    private static double Sum(AcceleratorStream stream, ArrayView<float> view)
    {
        var elements = new float[view.Length];
        stream.CopyToCPU(view, elements.AsSpan());
        return elements.Sum(x => (double)x);
    }

    /// <summary>Fails where the two have not folded the same.</summary>
    private static void CheckSame(FlowerAggregation flower, double sum)
    {
        if (flower.Elements != Updates.Elements || Math.Abs(flower.Sum - sum) > 1e-9 * Updates.Elements)
            throw new InvalidOperationException($"NumPy folded {flower.Elements} elements to {flower.Sum}, Hearth {Updates.Elements} to {sum}.");
    }

    private sealed record Measured(double Bandwidth, Dictionary<(DataType Type, int Count), double> Rates, double Aggregate, double Sum);
}
