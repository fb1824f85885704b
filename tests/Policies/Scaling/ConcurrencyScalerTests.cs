using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Scaling;

namespace Hearth.Policies.Tests.Scaling;

public sealed class ConcurrencyScalerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    // Worked by hand after knative/serving, autoscaler.go: ceil(observed / target), at least floor(ready / 2), at most ceil(1000 * ready).
    [Theory]
    [InlineData(0.0, 70.0, 0, 0)]
    [InlineData(0.1, 70.0, 1, 1)]
    [InlineData(70.0, 70.0, 1, 1)]
    [InlineData(70.1, 70.0, 1, 2)]
    [InlineData(1.0, 0.7, 1, 2)]
    [InlineData(2.0, 0.7, 1, 3)]
    [InlineData(10.0, 1.0, 4, 10)]
    [InlineData(1.0, 1.0, 9, 4)] // floor(9 / 2): at most halved in one step
    [InlineData(1.0, 1.0, 3, 1)]
    [InlineData(0.0, 1.0, 5, 2)]
    public void Decide_WholeWindow_IsKnativesFormula(double average, double target, int live, int expected)
    {
        var decision = ConcurrencyScaler.Decide(Input(average, live) with { Target = target });

        Assert.Equal(expected, decision.Desired);
    }

    [Fact]
    public void Decide_Burst_FollowsThePanicWindow()
    {
        // The minute's mean is 2; the last six seconds want 20 where 3 are.
        var decision = ConcurrencyScaler.Decide(Burst(20, live: 3));

        Assert.Equal((20, ScaleReason.Panic), Of(decision));
        Assert.Equal(Now, decision.State!.PanicSince);
    }

    [Fact]
    public void Decide_BurstBelowTwiceTheWorkers_IsNoPanic() =>
        Assert.Equal((3, ScaleReason.Load), Of(ConcurrencyScaler.Decide(Burst(5, live: 3, average: 3))));

    [Fact]
    public void Decide_BurstIsOver_RemovesNoWorkerUntilTheStableWindowHasPassed()
    {
        var panic = ConcurrencyScaler.Decide(Burst(20, live: 3));
        var after = Burst(1, live: 20) with { State = panic.State! };

        var within = ConcurrencyScaler.Decide(after with { Now = Now + TimeSpan.FromSeconds(50) });
        Assert.Equal((20, ScaleReason.Panic), Of(within));
        Assert.Equal(TimeSpan.FromSeconds(10.001), within.RecheckAfter);
        Assert.Equal((10, ScaleReason.Load), Of(ConcurrencyScaler.Decide(after with { Now = Now + TimeSpan.FromSeconds(60.001) })));
    }

    [Fact]
    public void Decide_PanicAndKeepAliveOver_IsZero()
    {
        var panic = ConcurrencyScaler.Decide(Burst(20, live: 3));

        Assert.Equal((0, ScaleReason.Idle), Of(ConcurrencyScaler.Decide(Burst(0, live: 20) with { State = panic.State!, IdleFor = TimeSpan.FromHours(1) })));
    }

    [Fact]
    public void Decide_AboveMax_IsMax() =>
        Assert.Equal((3, ScaleReason.Maximum), Of(ConcurrencyScaler.Decide(Input(50, 2) with { Max = 3 })));

    [Fact]
    public void Decide_BelowMin_IsMin() =>
        Assert.Equal((2, ScaleReason.Minimum), Of(ConcurrencyScaler.Decide(Input(0, 0) with { Min = 2 })));

    [Fact]
    public void Decide_NoLoadWithinKeepAlive_KeepsOneAndSaysUntilWhen()
    {
        var decision = ConcurrencyScaler.Decide(Input(0, 1) with { IdleFor = TimeSpan.FromSeconds(50) });

        Assert.Equal((1, ScaleReason.KeepAlive, TimeSpan.FromSeconds(10)), (decision.Desired, decision.Reason, decision.RecheckAfter));
    }

    [Fact]
    public void Decide_KeepAliveOver_IsZeroWhateverTheWindowRemembers() =>
        Assert.Equal((0, ScaleReason.Idle), Of(ConcurrencyScaler.Decide(Input(20, 3) with { IdleFor = KeepAlive })));

    [Fact]
    public void Decide_KeepAliveOver_StillKeepsMin() =>
        Assert.Equal((1, ScaleReason.Minimum), Of(ConcurrencyScaler.Decide(Input(0, 3) with { IdleFor = KeepAlive, Min = 1 })));

    [Theory]
    [InlineData(LoadCoverage.Partial)]
    [InlineData(LoadCoverage.None)]
    public void Decide_LoadNotKnown_RemovesNoWorker(LoadCoverage coverage)
    {
        var input = Input(1, 4) with { Load = Load(1, coverage), IdleFor = KeepAlive };

        Assert.Equal((4, ScaleReason.NoData), Of(ConcurrencyScaler.Decide(input)));
    }

    [Fact]
    public void Decide_LoadPartlyKnown_AddsWorkers() =>
        Assert.Equal(9, ConcurrencyScaler.Decide(Input(9, 4) with { Load = Load(9, LoadCoverage.Partial) }).Desired);

    [Fact]
    public void Decide_ShortHistory_RemovesNoWorker() =>
        Assert.Equal((4, ScaleReason.NoData), Of(ConcurrencyScaler.Decide(Input(1, 4) with { Load = Load(1, isWhole: false) })));

    [Fact]
    public void Decide_NoGatewayForLong_IsIdle()
    {
        var input = Input(1, 4) with { Load = Load(1, LoadCoverage.None), IdleFor = KeepAlive + ConcurrencyScaler.SilenceAllowance };

        Assert.Equal((0, ScaleReason.Idle), Of(ConcurrencyScaler.Decide(input)));
    }

    [Fact]
    public void Decide_GatewayUnreachableForever_NeverIsIdle() =>
        Assert.Equal(1, ConcurrencyScaler.Decide(Input(0, 1) with { Load = Load(0, LoadCoverage.Partial), IdleFor = TimeSpan.FromDays(1) }).Desired);

    [Fact]
    public void Decide_Always_StaysWithinBounds() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var desired = ConcurrencyScaler.Decide(input).Desired;
        return desired >= input.Min && desired <= input.Max;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_WithoutFullKnowledge_NeverGoesBelowTheLiveOnes() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var blind = input with { Load = input.Load with { Coverage = LoadCoverage.Partial } };
        return ConcurrencyScaler.Decide(blind).Desired >= Math.Min(blind.Live, blind.Max);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_MoreLoad_NeverMeansFewerWorkers() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var more = input with { Load = input.Load with { Average = input.Load.Average + 1 } };
        return ConcurrencyScaler.Decide(more).Desired >= ConcurrencyScaler.Decide(input).Desired;
    }).QuickCheckThrowOnFailure();

    private static Gen<ScaleInput> Inputs =>
        from min in Gen.Choose(0, 20)
        from extra in Gen.Choose(0, 100)
        from live in Gen.Choose(0, 150)
        from tenths in Gen.Choose(0, 5000)
        from target in Gen.Choose(1, 1000)
        from idle in Gen.Choose(0, 300)
        from whole in Gen.Elements(true, false)
        from coverage in Gen.Elements(Enum.GetValues<LoadCoverage>())
        select new ScaleInput
        {
            Min = min,
            Max = Math.Max(1, min + extra),
            Live = live,
            Target = target / 10.0,
            IdleFor = TimeSpan.FromSeconds(idle),
            KeepAlive = KeepAlive,
            Load = Load(tenths / 10.0, coverage, whole),
        };

    private static ScaleInput Input(double average, int live) => new()
    {
        Max = 100,
        Live = live,
        Load = Load(average),
        IdleFor = TimeSpan.Zero,
        KeepAlive = KeepAlive,
        Now = Now,
    };

    private static ScaleInput Burst(double recent, int live, double average = 2) =>
        Input(average, live) with { KeepAlive = TimeSpan.FromHours(1), Load = Load(average) with { Recent = recent } };

    private static ObservedLoad Load(double average, LoadCoverage coverage = LoadCoverage.Complete, bool isWhole = true) =>
        new(average, isWhole, Now, coverage);

    private static (int, ScaleReason) Of(ScaleDecision decision) => (decision.Desired, decision.Reason);
}
