namespace Hearth.Training.Tests;

public sealed class SplitMixTests
{
    [Fact]
    public void NextDouble_Seed_GivesTheNumbersOfTheReferenceImplementation()
    {
        // First outputs of Vigna's splitmix64.c for seed 1234567.
        ulong[] reference = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        var random = new SplitMix(1234567);

        Assert.All(reference, expected => Assert.Equal((expected >> 11) * (1.0 / (1UL << 53)), random.NextDouble()));
    }

    [Fact]
    public void Shuffle_Items_KeepsEachOnce()
    {
        var items = Enumerable.Range(0, 1000).ToArray();

        new SplitMix(5, 2).Shuffle(items);

        Assert.NotEqual(Enumerable.Range(0, 1000), items);
        Assert.Equal(Enumerable.Range(0, 1000), items.Order());
    }

    [Fact]
    public void Construct_OtherPurpose_IsAnotherSequence() =>
        Assert.NotEqual(new SplitMix(5, 1).NextDouble(), new SplitMix(5, 2).NextDouble());
}
