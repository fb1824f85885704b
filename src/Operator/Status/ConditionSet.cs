using Hearth.Api.Meta;

namespace Hearth.Operator.Status;

/// <summary>The conditions of a new status; the time of the last transition is kept while a condition's status stays.</summary>
/// <param name="before">Conditions of the status there was.</param>
/// <param name="generation">Generation of the spec the conditions are about.</param>
/// <param name="now">The time of transitions made now.</param>
internal sealed class ConditionSet(IReadOnlyList<V1Condition>? before, long? generation, DateTimeOffset now)
{
    private readonly List<V1Condition> _after = [];

    /// <summary>What has been set, in that order.</summary>
    public IReadOnlyList<V1Condition> Conditions => _after;

    /// <summary>The condition as it was before; null when there was none.</summary>
    public V1Condition? Before(string type) => before?.FirstOrDefault(c => c.Type == type);

    /// <summary>Sets a condition and returns it.</summary>
    public V1Condition Set(string type, string status, string reason, string message)
    {
        var old = Before(type);
        var condition = new V1Condition
        {
            Type = type,
            Status = status,
            ObservedGeneration = generation,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        };
        _after.Add(condition);
        return condition;
    }
}
