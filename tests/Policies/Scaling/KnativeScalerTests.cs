using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Scaling;

namespace Hearth.Policies.Tests.Scaling;

/// <summary>Cases after knative/serving, <c>pkg/autoscaler/scaling/autoscaler_test.go</c>, worked again from the formulas.</summary>
public sealed class KnativeScalerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly KnativeOptions Options = new();

    [Theory]
    [InlineData(50, 1, 5)]
    [InlineData(100, 5, 10)]
    [InlineData(50, 10, 5)]
    [InlineData(0, 10, 5)] // at most halved
    [InlineData(0, 1, 0)]
    public void Decide_StableMode_IsTheLoadOverTheTarget(double load, int ready, int expected) =>
        // Without a panic window's load nothing panics.
        Assert.Equal(expected, Decide(load, 0, ready, KnativeState.Calm).Pods);

    [Fact]
    public void Decide_TwiceTheReadyPodsWanted_Panics()
    {
        var decision = Decide(stable: 50, panic: 100, ready: 1, KnativeState.Calm);

        Assert.Equal(10, decision.Pods);
        Assert.Equal(Start, decision.State.PanicSince);
    }

    [Fact]
    public void Decide_BelowTheThreshold_StaysCalm() =>
        Assert.Null(Decide(stable: 50, panic: 100, ready: 6, KnativeState.Calm).State.PanicSince);

    [Fact]
    public void Decide_InPanic_NeverScalesDownUntilAStableWindowLater()
    {
        var panic = Decide(100, 100, 1, KnativeState.Calm);
        var held = Decide(50, 50, 10, panic.State, after: 30);
        var over = Decide(50, 50, 10, held.State, after: 61);

        Assert.Equal((10, 10, 5), (panic.Pods, held.Pods, over.Pods));
        Assert.Equal(KnativeState.Calm.PanicSince, over.State.PanicSince);
        Assert.Equal(0, over.State.PanicPods);
    }

    [Fact]
    public void Decide_PanicConfirmed_StartsItsWindowAnew()
    {
        var panic = Decide(100, 100, 1, KnativeState.Calm);
        var again = Decide(100, 100, 2, panic.State, after: 50);

        Assert.Equal(10, Decide(10, 10, 10, again.State, after: 105).Pods);
    }

    [Fact]
    public void Decide_RateLimits_Hold()
    {
        var slow = Options with { MaxScaleUpRate = 2, MaxScaleDownRate = 4 };

        Assert.Equal(6, Decide(1000, 0, 3, KnativeState.Calm, slow).Pods);
        Assert.Equal(2, Decide(0, 0, 9, KnativeState.Calm, slow).Pods);
        Assert.Equal(0, KnativeScaler.Decide(Input(0, 0, 9, 0) with { IsReachable = false }, KnativeState.Calm, slow).Pods);
    }

    [Fact]
    public void Decide_ScaleDownDelay_WaitsForTheWholeOfIt()
    {
        var slow = Options with { ScaleDownDelay = TimeSpan.FromSeconds(10) };
        var high = Decide(100, 0, 10, KnativeState.Calm, slow);
        var early = Decide(50, 0, 10, high.State, slow, after: 5);
        var late = Decide(50, 0, 10, early.State, slow, after: 11);

        Assert.Equal((10, 10, 5), (high.Pods, early.Pods, late.Pods));
    }

    [Fact]
    public void Decide_ActivationAndInitialScale_Raise()
    {
        Assert.Equal(3, Decide(1, 0, 0, KnativeState.Calm, Options with { ActivationScale = 3 }).Pods);
        Assert.Equal(0, Decide(0, 0, 0, KnativeState.Calm, Options with { ActivationScale = 3 }).Pods);
        Assert.Equal(4, KnativeScaler.Decide(Input(0, 0, 0, 0) with { WasReady = false }, KnativeState.Calm, Options with { InitialScale = 4 }).Pods);
    }

    [Theory]
    [InlineData(211, 10, 20, -131)] // 10·10 − 211 − 20
    [InlineData(50, 10, 20, 30)]
    [InlineData(0, 10, 20, 0)]
    [InlineData(-1, 10, 20, -1)]
    public void Decide_BurstCapacity_IsWhatPodsHaveToSpare(double capacity, int ready, double panic, double expected) =>
        Assert.Equal(expected, Decide(20, panic, ready, KnativeState.Calm, Options with { TargetBurstCapacity = capacity }).ExcessBurst);

    [Theory]
    [InlineData(211, 0, 3)]
    [InlineData(211, 30, 6)]
    [InlineData(0, 1, 2)]
    public void Decide_Activators_CarryTheCapacity(double capacity, int ready, int expected) =>
        Assert.Equal(expected, Decide(1, 0, ready, KnativeState.Calm, Options with { TargetBurstCapacity = capacity }).Activators);

    [Theory]
    [InlineData(null, 0, 100, 70)]
    [InlineData(null, 10, 10, 7)]
    [InlineData(5.0, 0, 5, 3.5)]
    [InlineData(50.0, 10, 10, 7)]
    [InlineData(0.01, 0, 0.01, 0.01)]
    public void Targets_Settings_AreKnatives(double? annotation, double hardLimit, double total, double target)
    {
        var found = KnativeScaler.Targets(annotation, hardLimit);

        Assert.Equal(total, found.Total, 9);
        Assert.Equal(target, found.Target, 9);
    }

    [Theory]
    [InlineData(29, null, false)]
    [InlineData(30, null, true)]
    [InlineData(5, 30, true)]
    [InlineData(5, 29, false)]
    public void MayGoToZero_Grace_MustHavePassed(int inactive, int? proxied, bool expected) =>
        Assert.Equal(expected, KnativeScaler.MayGoToZero(
            TimeSpan.FromSeconds(inactive), proxied is { } s ? TimeSpan.FromSeconds(s) : null, Options));

    [Fact]
    public void MayGoToZero_Retention_HoldsTheLastPod() => Assert.False(
        KnativeScaler.MayGoToZero(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), Options with { ScaleToZeroRetention = TimeSpan.FromSeconds(61) }));

    [Fact]
    public void Found_SeveralPods_StartsInPanicSoThatNoneGoes()
    {
        Assert.Equal(8, Decide(0, 0, 8, KnativeState.Found(8, Start)).Pods);
        Assert.Equal(KnativeState.Calm, KnativeState.Found(1, Start));
    }

    [Fact]
    public void Decide_AnyLoads_StaysWithinTheRatesAndInPanicNeverFalls() => Prop.ForAll(
        Gen.Choose(0, 2000).Two().ListOf().ToArbitrary(), loads =>
        {
            var (state, ready, isSound) = (KnativeState.Calm, 1, true);
            foreach (var ((stable, panic), i) in loads.Select((l, i) => (l, i)))
            {
                var decision = Decide(stable, panic, ready, state, after: i * 2);
                isSound &= decision.Pods >= ready / 2 && decision.Pods <= Math.Max(1, ready) * 1000;
                isSound &= decision.State.PanicSince is null || state.PanicSince is null || decision.Pods >= state.PanicPods;
                (state, ready) = (decision.State, decision.Pods);
            }
            return isSound;
        }).QuickCheckThrowOnFailure();

    private static KnativeDecision Decide(
        double stable, double panic, int ready, KnativeState state, KnativeOptions? options = null, int after = 0) =>
        KnativeScaler.Decide(Input(stable, panic, ready, after), state, options ?? Options);

    private static KnativeInput Input(double stable, double panic, int ready, int after) =>
        new() { Now = Start.AddSeconds(after), Stable = stable, Panic = panic, Ready = ready, Total = 10, Target = 10 };
}
