using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>Desired state of an InferenceFunction.</summary>
[ValidationRule("has(self.model) != has(self.container)", Message = ModelOrContainer)]
[ValidationRule("!has(self.traffic) || self.traffic.size() == 0 || self.traffic.map(t, t.percent).sum() == 100", Message = PercentOfHundred, FieldPath = ".traffic")]
public sealed record InferenceFunctionSpec
{
    internal const string FallbackToItself = "must name another function";
    internal const string ModelOrContainer = "exactly one of model and container must be given";
    internal const string PercentOfHundred = "the percents must add up to 100";

    /// <summary>The model to serve on a pooled worker.</summary>
    public ModelReference? Model { get; set; }

    /// <summary>The container to run instead of a model. It runs user code, so its worker never returns to the pool.</summary>
    public FunctionContainer? Container { get; set; }

    /// <summary>Name of the WorkerPool, in the same namespace, that workers come from.</summary>
    [Length(1, 63)]
    [JsonConverter(typeof(SharedTextConverter))]
    public string Pool { get; set; } = HearthApi.DefaultPool;

    /// <summary>How many workers serve, and for how long after the last request.</summary>
    public ScaleSpec Scale { get; set; } = new();

    /// <summary>Requests that one worker takes at a time (hard limit). 0 means no limit.</summary>
    [Range(0, 1000)]
    public int Concurrency { get; set; }

    /// <summary>Longest time from a request's arrival to the end of its answer, the wait for a worker included.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Name of a function, in the same namespace, that answers in this one's place while this one is overloaded or cannot be activated: a smaller model, say. Its own fallback is not
    /// followed. The answer names it in the header Hearth-Fallback.
    /// </summary>
    [Length(1, 253)]
    public string? Fallback { get; set; }

    /// <summary>Joins small requests into one run of the model.</summary>
    public BatchingSpec? Batching { get; set; }

    /// <summary>What invokes the function beside HTTP.</summary>
    [Items(16)]
    public IReadOnlyList<TriggerSpec>? Triggers { get; set; }

    /// <summary>How requests are split over revisions. Empty gives the latest all of them. A revision is a state of model, container, pool, concurrency and batching.</summary>
    [Items(16)]
    public IReadOnlyList<TrafficTarget>? Traffic { get; set; }

    /// <summary>Revisions that are kept beside those in use, to go back to.</summary>
    [Range(0, 100)]
    public int RevisionHistoryLimit { get; set; } = 10;

    /// <summary>Stops the function: its workers are released and callers get 409.</summary>
    public bool Suspend { get; set; }
}
