using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Placement;

namespace Hearth.Policies.Tests.Placement;

/// <summary>Cases in the manner of "Mélange" (arXiv 2404.14527): small requests are cheaper on small GPUs, large ones on large GPUs.</summary>
public sealed class GpuMixTests
{
    [Fact]
    public void Cheapest_TwoClasses_MixesTypes() =>
        // Small requests: 10/s on the GPU of price 1, 15/s on that of price 4. Large ones: 0.5/s and 4/s.
        Assert.Equal([2, 2], GpuMix.Cheapest([1, 4], [20, 8], new double[,] { { 10, 15 }, { 0.5, 4 } })!);

    [Fact]
    public void Cheapest_SpareRoomOnABigGpu_IsUsed() =>
        // The large class needs a quarter of the big GPU; the small one fits beside it for nothing.
        Assert.Equal([0, 1], GpuMix.Cheapest([1, 4], [5, 1], new double[,] { { 10, 15 }, { 0.1, 4 } })!);

    [Fact]
    public void Cheapest_TypeThatMissesTheLatency_IsNotTaken() =>
        Assert.Equal([0, 2], GpuMix.Cheapest([1, 100], [10], new double[,] { { 0, 5 } })!);

    [Fact]
    public void Cheapest_NothingMeetsTheLatency_IsNull() => Assert.Null(GpuMix.Cheapest([1], [1], new double[,] { { 0 } }));

    [Fact]
    public void Cheapest_NoRequests_IsNothing() => Assert.Equal([0, 0], GpuMix.Cheapest([1, 2], [0], new double[,] { { 0, 0 } })!);

    [Fact]
    public void Cheapest_AnyWorkload_IsNoDearerThanOneTypeForAll() => Prop.ForAll(
        Gen.Choose(1, 100).Three().NonEmptyListOf().ToArbitrary(), rows =>
        {
            double[] prices = [1, 3];
            double[] rates = [.. rows.Select(r => r.Item1 / 10.0)];
            var throughput = new double[rows.Count, 2];
            for (var i = 0; i < rows.Count; i++)
                (throughput[i, 0], throughput[i, 1]) = (rows[i].Item2 / 10.0, rows[i].Item3 / 10.0);
            var mix = GpuMix.Cheapest(prices, rates, throughput)!;
            var single = Enumerable.Range(0, 2).Min(g => prices[g] * Math.Ceiling(rates.Select((r, i) => r / throughput[i, g]).Sum() - 1e-9));
            return (mix[0] * prices[0]) + (mix[1] * prices[1]) <= single;
        }).QuickCheckThrowOnFailure();
}
