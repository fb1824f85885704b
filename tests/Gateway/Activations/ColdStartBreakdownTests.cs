using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Activations;

public sealed class ColdStartBreakdownTests
{
    private static readonly ActivationTiming Timing = new(ColdStartPath.Pool, Ms(10), Ms(20), Ms(30));

    [Fact]
    public void Make_RequestThatStartedIt_HasEveryPartAndTheRestAsScheduling()
    {
        var breakdown = ColdStartBreakdown.Make(Timing, Ms(65), Ms(2));

        Assert.Equal(new(ColdStartPath.Pool, Ms(10), Ms(20), Ms(30), Ms(7), Ms(67)), breakdown);
    }

    [Theory]
    [InlineData(55, 5, 20, 30)]
    [InlineData(40, 0, 10, 30)]
    [InlineData(12, 0, 0, 12)]
    public void Make_RequestThatCameLater_SawOnlyTheEnd(int untilReady, int pod, int code, int dependency)
    {
        var breakdown = ColdStartBreakdown.Make(Timing, Ms(untilReady), TimeSpan.Zero);

        Assert.Equal(new(ColdStartPath.Pool, Ms(pod), Ms(code), Ms(dependency), TimeSpan.Zero, Ms(untilReady)), breakdown);
    }

    [Fact]
    public void WriteTo_Headers_AddsMillisecondsBehindTheFunctionsOwn()
    {
        var headers = new HeaderDictionary { ["Server-Timing"] = "model;dur=4" };

        ColdStartBreakdown.Make(Timing, Ms(60.5), TimeSpan.Zero).WriteTo(headers);

        Assert.Equal("pool", headers["Hearth-Cold-Start"]);
        Assert.Equal(
            ["model;dur=4", "podAllocation;dur=10, deployCode;dur=20, deployDependency;dur=30, scheduling;dur=0.5, total;dur=60.5"],
            (IEnumerable<string?>)headers["Server-Timing"]);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
