using Hearth.Cli.Demos.Training;

namespace Hearth.Cli.Tests.Demos.Training;

public sealed class LossCurveTests
{
    [Fact]
    public void With_StepBeforeTheLast_TakesBackWhatFollowed()
    {
        var curve = new LossCurve().With(100, 2).With(200, 1).With(300, 0.5).With(200, 0.9).With(250, 0.7);

        Assert.Equal([new(100, 2), new(200, 0.9), new(250, 0.7)], curve.Points);
    }

    [Fact]
    public void Draw_Empty_HasNoLines() => Assert.Empty(new LossCurve().Draw(10, 4));
}
