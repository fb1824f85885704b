using Hearth.Api.InferenceFunctions;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

/// <summary>What is learnt of idle times outlives the operator, at the price of few writes.</summary>
public sealed class KeepAliveMemoryTests : IAsyncLifetime
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(150);
    private OperatorWorld _world = null!;

    public async Task InitializeAsync() => _world = await OperatorWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_OperatorRestarted_KnowsWhatTheLastOneLearnt()
    {
        await ServeAsync(KeepAlivePolicy.Histogram);
        for (var i = 0; i < 20; i++)
            await RequestAsync();
        Assert.Contains("m2=", (await _world.FunctionStatusAsync()).LearntIdleTimes, StringComparison.Ordinal);
        Assert.DoesNotContain("do not tell when the next request comes", await ReadyMessageAsync(), StringComparison.Ordinal);

        await _world.RestartAsync();
        _world.Report(1);
        await _world.SettleFunctionAsync();

        // A histogram that knows nothing says so.
        Assert.DoesNotContain("do not tell when the next request comes", await ReadyMessageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_NewsAndNothingElse_IsWrittenEveryFewMinutesAndNeverWithoutNews()
    {
        await ServeAsync(KeepAlivePolicy.Adaptive);
        await RequestAsync();
        _world.Client.Writes.Clear();

        // Half an hour with a request every 150 s, for which a worker is always there.
        for (var i = 0; i < 12; i++)
            await RequestAsync();
        Assert.InRange(_world.Client.Writes.Count, 3, 6);
        Assert.All(_world.Client.Writes, write => Assert.Equal("apply InferenceFunction fn/status", write));

        // A request that never ends teaches nothing: what is left to tell is told once.
        _world.Client.Writes.Clear();
        for (var i = 0; i < 20; i++)
        {
            _world.Report(1, ticks: 30);
            await _world.ReconcileFunctionAsync();
        }
        Assert.InRange(_world.Client.Writes.Count, 0, 1);

        // Nor does an operator that starts.
        await _world.RestartAsync();
        _world.Client.Writes.Clear();
        for (var i = 0; i < 20; i++)
        {
            _world.Report(1, ticks: 30);
            await _world.ReconcileFunctionAsync();
        }
        Assert.Empty(_world.Client.Writes);
    }

    [Fact]
    public async Task Reconcile_FixedPolicy_LearnsNothing()
    {
        await ServeAsync(KeepAlivePolicy.Fixed);
        for (var i = 0; i < 5; i++)
            await RequestAsync();

        Assert.Null((await _world.FunctionStatusAsync()).LearntIdleTimes);
    }

    private async Task ServeAsync(KeepAlivePolicy policy)
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 1).KeepAlive(TimeSpan.FromMinutes(10), policy).Build());
        await _world.ReconcileFunctionAsync();
        _world.Report(1);
        await _world.SettleFunctionAsync();
    }

    /// <summary>Nothing for a while, then a request.</summary>
    private async Task RequestAsync()
    {
        _world.Time.Advance(Between);
        _world.Report(1);
        await _world.ReconcileFunctionAsync();
    }

    private async Task<string> ReadyMessageAsync() => OperatorWorld.Condition((await _world.FunctionStatusAsync()).Conditions, InferenceFunctionConditions.Ready).Message;
}
