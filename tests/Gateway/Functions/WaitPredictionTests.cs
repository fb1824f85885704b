using Hearth.Gateway.Functions;

namespace Hearth.Gateway.Tests.Functions;

public sealed class WaitPredictionTests
{
    [Theory]
    [InlineData(0, 1.0, 4, 0, 0, 0.25)] // the first of four slots ends after a quarter of a run
    [InlineData(7, 1.0, 4, 0, 0, 2)]
    [InlineData(7, 0.0, 4, 0, 0, 0)] // nothing measured
    [InlineData(7, 1.0, 0, 0, 0, 0)]
    [InlineData(0, 1.0, 0, 1, 5, 5)] // cold: the worker, then a slot at once
    [InlineData(3, 1.0, 0, 2, 5, 6)] // two get the new slots, two are done after another second
    [InlineData(0, 1.0, 1, 1, 5, 1)] // a slot ends before the new worker is there
    [InlineData(9, 1.0, 1, 1, 5, 7)] // five end until then, one begins at once, four of two slots
    [InlineData(9, 0.0, 1, 1, 5, 0)]
    public void Wait_Situation_IsWhatTheSlotsAllow(int ahead, double service, int slots, int coming, double untilComing, double expected)
    {
        var prediction = new WaitPrediction
        {
            Ahead = ahead,
            Service = TimeSpan.FromSeconds(service),
            Slots = slots,
            Coming = coming,
            UntilComing = TimeSpan.FromSeconds(untilComing),
        };

        Assert.Equal(expected, prediction.Wait.TotalSeconds, 6);
    }

    [Fact]
    public void Wait_MoreAheadOrFewerSlots_IsNeverShorter()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var some = new WaitPrediction
            {
                Ahead = random.Next(100),
                Service = TimeSpan.FromSeconds(random.NextDouble()),
                Slots = random.Next(1, 20),
                Coming = random.Next(10),
                UntilComing = TimeSpan.FromSeconds(random.NextDouble() * 5),
            };

            Assert.True((some with { Ahead = some.Ahead + 1 }).Wait >= some.Wait, $"{some}");
            Assert.True((some with { Slots = some.Slots + 1 }).Wait <= some.Wait, $"{some}");
        }
    }
}
