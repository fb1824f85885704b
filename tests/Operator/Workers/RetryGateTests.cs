using Hearth.Operator.Workers;

namespace Hearth.Operator.Tests.Workers;

public sealed class RetryGateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Fail_AgainAndAgain_DoublesTo5Minutes()
    {
        var gate = new RetryGate();
        var now = Start;
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            gate.Fail(now);
            waits.Add((gate.OpensAt!.Value - now).TotalSeconds);
            now = gate.OpensAt.Value;
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300, 300], waits);
    }

    [Fact]
    public void Fail_AfterACalmTime_StartsAnew()
    {
        var gate = new RetryGate();
        gate.Fail(Start);
        gate.Fail(Start);

        var later = Start.AddHours(1);
        gate.Fail(later);

        Assert.Equal(later.AddSeconds(10), gate.OpensAt);
    }

    [Fact]
    public void Reset_AfterFailures_IsOpen()
    {
        var gate = new RetryGate();
        gate.Fail(Start);

        gate.Reset();

        Assert.Null(gate.OpensAt);
    }
}
