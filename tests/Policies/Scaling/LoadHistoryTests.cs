using Hearth.Api.Gateways;
using Hearth.Policies.Scaling;

namespace Hearth.Policies.Tests.Scaling;

public sealed class LoadHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly LoadHistory _history = new(new());
    private DateTimeOffset _now = Start;

    [Fact]
    public void Get_BeforeTheFirstTick_IsNoProofOfIdleness() => Assert.Equal(LoadCoverage.Partial, Load().Coverage);

    [Fact]
    public void Get_TwoReports_AveragesTheCounterBetweenThem()
    {
        // 5 request-seconds in 2 seconds: 2.5 requests in flight on average, though none is at either report.
        Tick(Answer("g", concurrency: 0, seconds: 10));
        Tick(Answer("g", concurrency: 0, seconds: 15));

        Assert.Equal((0 + 2.5) / 2, Load().Average);
    }

    [Fact]
    public void Get_Burst_IsWholeInTheMeanOfThePanicWindow()
    {
        for (var i = 0; i < 27; i++)
            Tick(Answer("g", concurrency: 0));
        for (var i = 0; i < 3; i++)
            Tick(Answer("g", concurrency: 10, seconds: 20 * (i + 1)));

        Assert.Equal((1, 10), (Load().Average, Load().Recent));
    }

    [Fact]
    public void Get_FirstReportOfAGateway_TakesItsPresentConcurrency()
    {
        Tick(Answer("g", concurrency: 7, seconds: 1e6));

        Assert.Equal(7, Load().Average);
    }

    [Fact]
    public void Get_FunctionNewAtAKnownGateway_CountsFromZero()
    {
        Tick(new GatewayReport("g", new() { Gateway = "g", Time = _now }));
        Tick(Answer("g", concurrency: 0, seconds: 6));

        Assert.Equal(3, Load().Average);
    }

    [Fact]
    public void Get_TwoGateways_AreSummed()
    {
        Tick(Answer("a", concurrency: 2), Answer("b", concurrency: 3));

        Assert.Equal(5, Load().Average);
    }

    [Fact]
    public void Get_GatewayStartedAnew_TakesItsPresentConcurrency()
    {
        Tick(Answer("g", concurrency: 0, seconds: 100));
        Tick(Answer("g", concurrency: 4, seconds: 1, identity: "g reborn"));

        Assert.Equal((0 + 4) / 2.0, Load().Average);
    }

    [Fact]
    public void Get_CounterThatShrank_TakesThePresentConcurrency()
    {
        Tick(Answer("g", concurrency: 0, seconds: 100));
        Tick(Answer("g", concurrency: 6, seconds: 1));

        Assert.Equal((0 + 6) / 2.0, Load().Average);
    }

    [Fact]
    public void Get_SilentGateway_KeepsItsLastLoadForTheGraceTime()
    {
        Tick(Answer("g", concurrency: 4));
        Tick(new GatewayReport("g", null));

        Assert.Equal(4, Load().Average);
        Assert.Equal(LoadCoverage.Complete, Load().Coverage);

        for (var i = 0; i < 8; i++)
            Tick(new GatewayReport("g", null));
        Assert.Equal(LoadCoverage.Partial, Load().Coverage);
    }

    [Fact]
    public void Get_GatewayThatNeverAnswered_IsPartialAtOnce()
    {
        Tick(Answer("a", concurrency: 1), new GatewayReport("b", null));

        Assert.Equal(LoadCoverage.Partial, Load().Coverage);
    }

    [Fact]
    public void Get_GatewayGone_TakesItsLoadWithItAndLeavesLastActive()
    {
        Tick(Answer("a", concurrency: 3), Answer("b", concurrency: 0));
        Tick(Answer("b", concurrency: 0));

        Assert.Equal(1.5, Load().Average);
        Assert.Equal(Start.AddSeconds(2), Load().LastActive);
        Assert.Equal(LoadCoverage.Complete, Load().Coverage);
    }

    [Fact]
    public void Get_NoGateway_IsNone()
    {
        Tick();

        Assert.Equal(LoadCoverage.None, Load().Coverage);
    }

    [Fact]
    public void Get_ClockOfTheGatewayIsWrong_LastActiveIsByTheReadersClock()
    {
        var wrong = Start.AddDays(-30);
        Tick(new GatewayReport("g", new()
        {
            Gateway = "g",
            Time = wrong,
            Functions = [new() { Namespace = "ns", Name = "f", LastActive = wrong.AddSeconds(-5) }],
        }));

        Assert.Equal(_now.AddSeconds(-5), Load().LastActive);
    }

    [Fact]
    public void Get_AWindowOfTicks_IsWhole()
    {
        for (var i = 0; i < 10; i++)
            Tick(Answer("g", concurrency: 1));
        Assert.False(Load().IsWholeWindow);

        for (var i = 0; i < 20; i++)
            Tick(Answer("g", concurrency: 1));
        Assert.True(Load().IsWholeWindow);
    }

    [Fact]
    public void TakeIdleTimes_RequestAfterAPause_IsThePauseOnce()
    {
        Tick(Answer("g", concurrency: 1));
        for (var i = 0; i < 5; i++)
            Tick(Answer("g", concurrency: 0));
        Tick(Answer("g", concurrency: 1));

        Assert.Equal(TimeSpan.FromSeconds(12), Assert.Single(_history.TakeIdleTimes("ns", "f")).Length);
        Assert.Empty(_history.TakeIdleTimes("ns", "f"));
    }

    [Fact]
    public void TakeIdleTimes_SteadyRequests_AreNone()
    {
        for (var i = 0; i < 5; i++)
            Tick(Answer("g", concurrency: 1));

        Assert.Empty(_history.TakeIdleTimes("ns", "f"));
        Assert.Empty(_history.TakeIdleTimes("ns", "unknown"));
    }

    [Fact]
    public void Get_Requests_CountsWhatCameAndNoneTwice()
    {
        Tick(Requests("g", 10)); // before it was seen
        Tick(Requests("g", 13));
        Tick(Requests("g reborn", 2));
        Tick(Requests("g reborn", 6));

        Assert.Equal(7, Load().Requests);
    }

    [Fact]
    public void Forget_Function_IsUnknown()
    {
        Tick(Answer("g", concurrency: 1));

        _history.Forget("ns", "f");

        Assert.Null(Load().Average);
    }

    private ObservedLoad Load() => _history.Get("ns", "f", _now);

    private void Tick(params GatewayReport[] reports)
    {
        _now = _now.AddSeconds(2);
        _history.Record(_now, [.. reports.Select(r => r.Load is null ? r : r with { Load = r.Load with { Time = r.Load.Time == Start ? _now : r.Load.Time } })]);
    }

    private static GatewayReport Answer(string gateway, int concurrency, double seconds = 0, string? identity = null) => new(gateway, new()
    {
        Gateway = identity ?? gateway,
        Time = Start,
        Functions = [new() { Namespace = "ns", Name = "f", Concurrency = concurrency, ConcurrencySeconds = seconds }],
    });

    private static GatewayReport Requests(string identity, long requests) => new("g", new()
    {
        Gateway = identity,
        Time = Start,
        Functions = [new() { Namespace = "ns", Name = "f", Requests = requests }],
    });
}
