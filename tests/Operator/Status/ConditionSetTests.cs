using Hearth.Operator.Status;

namespace Hearth.Operator.Tests.Status;

public sealed class ConditionSetTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Then.AddHours(1);

    [Theory]
    [InlineData("True", 0)]
    [InlineData("False", 1)]
    public void Set_StatusStays_KeepsTheTimeOfTheTransition(string status, int hours)
    {
        var conditions = new ConditionSet([new() { Type = "Ready", Status = "True", LastTransitionTime = Then, Reason = "Old" }], 7, Now);

        conditions.Set("Ready", status, "New", "words");

        var ready = Assert.Single(conditions.Conditions);
        Assert.Equal(Then.AddHours(hours), ready.LastTransitionTime);
        Assert.Equal((7, "New", "words"), (ready.ObservedGeneration, ready.Reason, ready.Message));
    }
}
