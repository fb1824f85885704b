using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Activations;

public sealed class FailureMemoryTests
{
    private static readonly AssignmentFailure Failure = new(AssignmentFailureReason.InvalidModel, "no model");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Current_FailuresInARow_HoldsForADoublingTimeUpToTenSeconds()
    {
        var memory = new FailureMemory(_time);
        foreach (var seconds in new[] { 1, 2, 4, 8, 10, 10 })
        {
            memory.Record(Failure, 1);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(Failure, memory.Current(1));
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Null(memory.Current(1));
        }
    }

    [Fact]
    public void Current_NewGeneration_MayBeTriedAtOnce()
    {
        var memory = new FailureMemory(_time);
        memory.Record(Failure, 1);

        Assert.Null(memory.Current(2));
    }

    [Fact]
    public void Record_NewGeneration_StartsTheBackoffAnew()
    {
        var memory = new FailureMemory(_time);
        memory.Record(Failure, 1);
        memory.Record(Failure, 1);
        memory.Record(Failure, 2);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(memory.Current(2));
    }

    [Fact]
    public void Clear_AfterAFailure_Forgets()
    {
        var memory = new FailureMemory(_time);
        memory.Record(Failure, 1);

        memory.Clear();

        Assert.Null(memory.Current(1));
    }
}
