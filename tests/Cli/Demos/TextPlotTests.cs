using Hearth.Cli.Demos;

namespace Hearth.Cli.Tests.Demos;

public sealed class TextPlotTests
{
    [Fact]
    public void Curve_FallingLine_GoesFromUpperLeftToLowerRight() => Assert.Equal(
        [
            "2 ┤▀▄",
            "0 ┤  ▀▄",
            "  └────",
            "   0  3",
        ],
        TextPlot.Curve([(0, 2), (3, 0)], columns: 4, rows: 2));

    [Fact]
    public void Curve_Jump_IsDrawnThrough() => Assert.Equal(
        [
            "1 ┤▀▄",
            "  │ █",
            "0 ┤ █▄▄",
            "  └────",
            "   0  3",
        ],
        TextPlot.Curve([(0, 1), (1, 0), (3, 0)], columns: 4, rows: 3));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Curve_Constant_LiesAtTheBottom(int points)
    {
        var lines = TextPlot.Curve([.. Enumerable.Range(0, points).Select(x => ((double)x, 5.0))], columns: 3, rows: 2);

        Assert.Equal(["5 ┤", "5 ┤▄▄▄"], lines.Take(2));
    }

    [Fact]
    public void Curve_NoPoints_IsEmpty() => Assert.Empty(TextPlot.Curve([], 10, 5));

    [Theory]
    [InlineData(-1, "")]
    [InlineData(0.5, "██")]
    [InlineData(2, "████")]
    public void Bar_Share_FillsThatPart(double share, string expected) => Assert.Equal(expected, TextPlot.Bar(share, 4));

    [Theory]
    [InlineData(new[] { 0, 1, 4, 8 }, " ▁▄█")]
    [InlineData(new[] { 0, 0 }, "  ")]
    [InlineData(new[] { 1000, 1 }, "█▁")]
    public void Histogram_Counts_AreAsHighAsTheirShareOfTheHighest(int[] counts, string expected) => Assert.Equal(expected, TextPlot.Histogram(counts));
}
