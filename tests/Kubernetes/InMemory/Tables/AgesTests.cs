using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.Tests.InMemory.Tables;

public sealed class AgesTests
{
    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(150, "2m30s")]
    [InlineData(601, "10m")]
    [InlineData(10800, "3h")]
    [InlineData(11100, "3h5m")]
    [InlineData(30000, "8h")]
    [InlineData(172800, "2d")]
    [InlineData(180000, "2d2h")]
    [InlineData(864000, "10d")]
    [InlineData(63072000, "2y")]
    [InlineData(64022400, "2y11d")]
    [InlineData(315360000, "10y")]
    public void Print_Seconds_ReadsAsKubectlPrintsIt(long seconds, string expected) =>
        Assert.Equal(expected, Ages.Print(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Since_NoTimestamp_IsUnknown() => Assert.Equal("<unknown>", Ages.Since(null, DateTimeOffset.UnixEpoch));
}
