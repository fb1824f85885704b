using System.Globalization;
using System.Text;
using Hearth.Worker.Functions.V2;

namespace Hearth.Worker.Tests.Functions;

public sealed class SingleTextTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("0.0")]
    [InlineData("1")]
    [InlineData("-1.5")]
    [InlineData("0.1")]
    [InlineData("16777217")]
    [InlineData("16777219")]
    [InlineData("123456789012345")]
    [InlineData("1e5")]
    [InlineData("1E-7")]
    [InlineData("2.5e+10")]
    [InlineData("3.4028234e38")]
    [InlineData("3.4028236e38")]
    [InlineData("1e39")]
    [InlineData("1.1754944e-38")]
    [InlineData("1.4e-45")]
    [InlineData("1e-60")]
    [InlineData("0.000000000000000000001")]
    [InlineData("0.12345678955316544")]
    [InlineData("1.00000005960464477539")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    public void TryRead_AnyNumber_AgreesWithTheGeneralParserOrLeavesItToIt(string text) => Compare(text);

    [Theory]
    [InlineData("0.5", true)]
    [InlineData("-123.456", true)]
    [InlineData("0.12345679", true)]
    [InlineData("1.5e-5", true)]
    [InlineData("0.12345678955316544", false)]
    [InlineData("1e39", false)]
    public void TryRead_NumberAsFloat32IsWritten_IsRead(string text, bool isRead) =>
        Assert.Equal(isRead, SingleText.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryRead_RandomNumbers_AgreeWithTheGeneralParser()
    {
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (!float.IsFinite(value))
                continue;
            Compare(value.ToString("R", CultureInfo.InvariantCulture));
            // Beside and upon the point half way to the next float32, where rounding twice could go wrong.
            var middle = ((double)value + MathF.BitIncrement(value)) / 2;
            foreach (var format in new[] { "G15", "G14", "F10", "E9" })
                Compare(middle.ToString(format, CultureInfo.InvariantCulture));
            Compare(((random.NextDouble() * 2) - 1).ToString("G9", CultureInfo.InvariantCulture));
            Compare(random.Next(1 << 24, 1 << 30).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Compare(string text)
    {
        if (SingleText.TryRead(Encoding.UTF8.GetBytes(text), out var value) && !value.Equals(float.Parse(text, CultureInfo.InvariantCulture)))
            Assert.Fail($"{text} was read as {value:R}, expected {float.Parse(text, CultureInfo.InvariantCulture):R}");
    }
}
