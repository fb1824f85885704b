using Hearth.Cli.Local.Nodes;
using Hearth.Testing;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ProbeLoopTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<bool> _verdicts = [];
    private bool _answer;
    private int _asked;

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task RunAsync_BeforeTheFirstSuccess_AsksEagerly()
    {
        var run = Run(new() { PeriodSeconds = 5 }, initial: false);
        await AdvanceAsync(TimeSpan.FromMilliseconds(20), times: 3);
        _answer = true;
        await AdvanceAsync(TimeSpan.FromMilliseconds(20), times: 1);

        Assert.Equal([true], _verdicts);
        Assert.Equal(5, _asked);
        await EndAsync(run);
    }

    [Fact]
    public async Task RunAsync_OnceReady_KeepsToThePeriodAndNeedsThreeFailures()
    {
        _answer = true;
        var run = Run(new() { PeriodSeconds = 1 }, initial: false);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        _answer = false;
        await AdvanceAsync(TimeSpan.FromSeconds(1), times: 2);
        Assert.Equal([true], _verdicts);

        await AdvanceAsync(TimeSpan.FromSeconds(1), times: 1);

        Assert.Equal([true, false], _verdicts);
        await EndAsync(run);
    }

    [Fact]
    public async Task RunAsync_ThatStartsAsGood_NeverAsksEagerly()
    {
        var run = Run(new() { PeriodSeconds = 10, FailureThreshold = 2 }, initial: true);
        await AdvanceAsync(TimeSpan.FromSeconds(10), times: 1);

        Assert.Equal([false], _verdicts);
        Assert.Equal(2, _asked);
        await EndAsync(run);
    }

    [Fact]
    public async Task RunAsync_InitialDelay_WaitsBeforeTheFirstQuestion()
    {
        _answer = true;
        var run = Run(new() { InitialDelaySeconds = 30 }, initial: false);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _asked);

        _time.Advance(TimeSpan.FromSeconds(30));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        Assert.Equal([true], _verdicts);
        await EndAsync(run);
    }

    private Task Run(Hearth.Api.Core.V1Probe probe, bool initial)
    {
        var loop = new ProbeLoop(
            probe,
            _ =>
            {
                _asked++;
                return Task.FromResult(_answer);
            },
            _time);
        return loop.RunAsync(initial, _verdicts.Add, _stop.Token);
    }

    private async Task AdvanceAsync(TimeSpan by, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _time.WaitForTimerAsync(by);
            _time.Advance(by);
            await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        }
    }

    private async Task EndAsync(Task run)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}
