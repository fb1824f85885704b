namespace Hearth.Training.Tests;

public sealed class BatchSamplerTests
{
    [Theory]
    [InlineData(10, 3, 4)]
    [InlineData(10, 5, 2)]
    [InlineData(1, 1, 1)]
    public void Batch_OneEpoch_HoldsEveryExampleOnce(int examples, int batchSize, int steps)
    {
        var sampler = new BatchSampler(examples, batchSize, seed: 4);

        Assert.Equal(steps, sampler.StepsPerEpoch);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var seen = Enumerable.Range(epoch * steps, steps).SelectMany(step => sampler.Batch(step).ToArray());
            Assert.Equal(Enumerable.Range(0, examples), seen.Order());
        }
    }

    [Fact]
    public void Batch_AskedInAnyOrder_IsTheSame()
    {
        var sampler = new BatchSampler(50, 7, seed: 9);
        var expected = Enumerable.Range(0, 40).Select(step => sampler.Batch(step).ToArray()).ToList();

        for (var step = 39; step >= 0; step--)
            Assert.Equal(expected[step], new BatchSampler(50, 7, seed: 9).Batch(step).ToArray());
        Assert.NotEqual(expected[0], expected[8]);
    }
}
