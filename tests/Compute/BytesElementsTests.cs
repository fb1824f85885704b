namespace Hearth.Compute.Tests;

public sealed class BytesElementsTests
{
    [Fact]
    public void MoveNext_Elements_GivesEach()
    {
        var found = new List<string>();
        foreach (var element in new BytesElements([1, 0, 0, 0, (byte)'a', 0, 0, 0, 0, 2, 0, 0, 0, (byte)'b', (byte)'c']))
            found.Add(System.Text.Encoding.ASCII.GetString(element));

        Assert.Equal(["a", "", "bc"], found);
    }

    [Theory]
    [InlineData(new byte[] { }, 0, true)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, 1, true)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, 2, false)]
    [InlineData(new byte[] { 1, 0, 0, 0 }, 1, false)]
    [InlineData(new byte[] { 255, 255, 255, 255, 7 }, 1, false)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9 }, 1, false)]
    public void IsValid_Bytes_HoldsThemAgainstTheCount(byte[] encoded, long count, bool expected) =>
        Assert.Equal(expected, BytesElements.IsValid(encoded, count));
}
