using System.Text.RegularExpressions;
using Hearth.Api.Meta;

namespace Hearth.Api.Tests.Meta;

public sealed class KubernetesDurationConverterTests
{
    [Theory]
    [InlineData("90s", 90_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("3.2ms", 3.2)]
    [InlineData("2m5us", 120_000.005)]
    [InlineData("1s1s", 2000)]
    public void Parse_Duration_IsItsTime(string text, double milliseconds)
    {
        Assert.Equal(TimeSpan.FromMicroseconds(milliseconds * 1000), KubernetesDurationConverter.Parse(text));
        Assert.Matches(KubernetesDurationConverter.Pattern, text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1..2s")]
    [InlineData("1.2.3s")]
    [InlineData("1s ")]
    [InlineData("1s2")]
    [InlineData("1d")]
    public void Parse_NoDuration_IsRefused(string text)
    {
        Assert.Throws<FormatException>(() => KubernetesDurationConverter.Parse(text));
        Assert.DoesNotMatch(new Regex(KubernetesDurationConverter.Pattern), text);
    }
}
