using System.Text;
using Hearth.Cli.Demos;

namespace Hearth.Cli.Tests.Demos;

public sealed class PictureTests
{
    [Fact]
    public void ReadPgm_WithComment_GivesThePixels()
    {
        var picture = Picture.ReadPgm([.. Encoding.ASCII.GetBytes("P5\n# made by hand\n3 2\n255\n"), 0, 10, 20, 30, 40, 255], "x.pgm");

        Assert.Equal((3, 2), (picture.Width, picture.Height));
        Assert.Equal([0, 10, 20, 30, 40, 255], picture.Pixels);
    }

    [Theory]
    [InlineData("P2\n1 1\n255\n0")]
    [InlineData("P5\n2 2\n255\nabc")]
    [InlineData("P5\n1 1\n65535\nab")]
    [InlineData("")]
    public void ReadPgm_OfAnythingElse_NamesTheFile(string bytes)
    {
        var fault = Assert.Throws<CommandException>(() => Picture.ReadPgm(Encoding.ASCII.GetBytes(bytes), "x.pgm"));

        Assert.Contains("\"x.pgm\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToTensor_OfPixels_GoesFromZeroToOne()
    {
        var tensor = new Picture(2, 1, [0, 255]).ToTensor("image");

        Assert.Equal([0, 1], tensor.Numbers());
        Assert.Equal("[1,1,1,2]", tensor.Shape.ToString());
    }

    [Fact]
    public void Draw_OfSquares_UsesHalfBlocks()
    {
        // Four squares of 2 x 2 pixels: bright, dark / dark, bright; beside them a bright column.
        byte[] pixels =
        [
            255, 255, 0, 0, 255, 255,
            255, 255, 0, 0, 255, 255,
            0, 0, 255, 255, 255, 255,
            0, 0, 255, 255, 255, 255,
        ];

        Assert.Equal(["▀▄█"], new Picture(6, 4, pixels).Draw());
    }
}
