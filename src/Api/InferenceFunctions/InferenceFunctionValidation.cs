using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>The rules of an InferenceFunction that its schema alone does not express; the same verdicts as the CEL rules.</summary>
public static class InferenceFunctionValidation
{
    /// <summary>Every fault of <paramref name="function"/>, none when it is valid.</summary>
    public static IEnumerable<FieldError> Validate(InferenceFunction function)
    {
        var spec = function.Spec;
        if ((spec.Model is null) == (spec.Container is null))
            yield return new("spec", InferenceFunctionSpec.ModelOrContainer);
        if (spec.Fallback is { } fallback && fallback == function.Metadata.Name)
            yield return new("spec.fallback", InferenceFunctionSpec.FallbackToItself);
        if (spec.Scale.Max < spec.Scale.Min)
            yield return new("spec.scale.max", ScaleSpec.MaxBelowMin);
        if (spec.Traffic is { Count: > 0 } traffic && traffic.Sum(t => t.Percent) != 100)
            yield return new("spec.traffic", InferenceFunctionSpec.PercentOfHundred);
        foreach (var (target, i) in (spec.Traffic ?? []).Select((t, i) => (t, i)))
        {
            if (target.Revision is not null == target.Latest)
                yield return new($"spec.traffic[{i}]", TrafficTarget.RevisionOrLatest);
        }
        foreach (var (trigger, i) in (spec.Triggers ?? []).Select((t, i) => (t, i)))
        {
            if ((trigger.Topic is null) == (trigger.Schedule is null))
                yield return new($"spec.triggers[{i}]", TriggerSpec.TopicOrSchedule);
            if ((trigger.Topic is null) != (trigger.Pubsub is null))
                yield return new($"spec.triggers[{i}]", TriggerSpec.PubsubWithTopic);
        }
    }
}
