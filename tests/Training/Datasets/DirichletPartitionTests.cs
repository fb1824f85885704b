using Hearth.Training.Datasets;

namespace Hearth.Training.Tests.Datasets;

public sealed class DirichletPartitionTests
{
    private static readonly Dataset Data = Make.Blobs(2000, features: 2, classes: 10, seed: 1);

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(20, 0.3)]
    [InlineData(20, 0.001)]
    [InlineData(20, 1000.0)]
    [InlineData(2000, 0.1)]
    public void Split_Examples_GoToExactlyOnePartAndNoneIsEmpty(int parts, double concentration)
    {
        var split = DirichletPartition.Split(Data, parts, concentration, seed: 3);

        Assert.Equal(parts, split.Count);
        Assert.Equal(Enumerable.Range(0, Data.Count), split.SelectMany(part => part).Order());
        Assert.All(split, part => Assert.NotEmpty(part));
        Assert.All(split, part => Assert.Equal(part.Order(), part));
    }

    [Fact]
    public void Split_SameArguments_GiveTheSameParts()
    {
        Assert.Equal(DirichletPartition.Split(Data, 20, 0.3, seed: 3), DirichletPartition.Split(Data, 20, 0.3, seed: 3));
        Assert.NotEqual(DirichletPartition.Split(Data, 20, 0.3, seed: 3), DirichletPartition.Split(Data, 20, 0.3, seed: 4));
    }

    [Fact]
    public void Split_SmallConcentration_MakesPartsUnlikeAndALargeOneAlike()
    {
        Assert.InRange(LargestShare(0.05), 0.6, 1);
        Assert.InRange(LargestShare(10_000), 0.1, 0.2);
    }

    [Fact]
    public void Split_DirichletsMoments_AreThoseOfTheDistribution()
    {
        // Of a class dealt out to 5 parts with concentration 0.5, a part's share has variance (1/5 · 4/5) / (5 · 0.5 + 1).
        var data = Make.Blobs(1000, features: 2, classes: 2, seed: 2);
        var shares = new List<double>();
        for (var seed = 0UL; seed < 400; seed++)
        {
            foreach (var part in DirichletPartition.Split(data, 5, 0.5, seed))
                shares.Add(part.Count(index => data.Label(index) == 0) / (double)Enumerable.Range(0, data.Count).Count(index => data.Label(index) == 0));
        }

        Assert.Equal(0.2, shares.Average(), 0.01);
        Assert.Equal(0.16 / 3.5, shares.Average(share => share * share) - Math.Pow(shares.Average(), 2), 0.005);
    }

    [Fact]
    public void Split_OfMorePartsThanExamplesOrNoConcentration_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DirichletPartition.Split(Data, 0, 0.3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DirichletPartition.Split(Data, 2001, 0.3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DirichletPartition.Split(Data, 2, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DirichletPartition.Split(Data, 2, double.NaN, 1));
    }

    [Fact]
    public void Take_Examples_AreThoseAsked()
    {
        var part = Data.Take([7, 3]);

        Assert.Equal(2, part.Count);
        Assert.Equal(Data.Features(7).ToArray(), part.Features(0).ToArray());
        Assert.Equal((Data.Label(7), Data.Label(3)), (part.Label(0), part.Label(1)));
    }

    private static double LargestShare(double concentration) =>
        DirichletPartition.Split(Data, 20, concentration, seed: 3).Where(part => part.Length >= 20)
            .Average(part => part.GroupBy(Data.Label).Max(label => label.Count()) / (double)part.Length);
}
