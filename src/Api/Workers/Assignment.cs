using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Api.Workers;

/// <summary>Body of <c>POST :8081/assignment</c>: the role a worker takes on.</summary>
/// <remarks>
/// Bearer token of the pool's Secret. The answer is 200 with <c>application/x-ndjson</c>, one <see cref="AssignmentProgress"/> a line, the last
/// one <c>Ready</c> or <c>Failed</c>. Work that ends by itself goes on to <c>Running</c> and then <c>Succeeded</c> or <c>Failed</c>, which <c>GET</c> tells. 401 wrong token; 409 the worker has another assignment (the same id again re-attaches to its progress);
/// 400 a body that does not parse. <c>GET</c> answers the latest line (404 when idle); <c>DELETE</c> drains and resets to idle: 200 when clean,
/// 409 when the worker cannot be reset and must be deleted.
/// </remarks>
public sealed record Assignment
{
    /// <summary>Chosen by the claimer; unique.</summary>
    public string Id { get; set; } = "";

    /// <summary>What the worker becomes.</summary>
    public WorkerRole Role { get; set; }

    /// <summary>Uid of the owner, which tells it from one of the same name before it.</summary>
    public string Uid { get; set; } = "";

    /// <summary>Namespace of the owner.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>Name of the owner; the model's name in the Open Inference Protocol.</summary>
    public string Name { get; set; } = "";

    /// <summary>Generation of the owner's spec; the model's version in the Open Inference Protocol.</summary>
    public long Generation { get; set; }

    /// <summary>The model to serve, for <see cref="WorkerRole.Function"/>.</summary>
    public ModelReference? Model { get; set; }

    /// <summary>The federation to aggregate, for <see cref="WorkerRole.Aggregator"/>.</summary>
    public FederatedAggregationSpec? Federation { get; set; }

    /// <summary>The job and the worker's part in it, for <see cref="WorkerRole.Trainer"/>.</summary>
    public TrainingAssignment? Training { get; set; }

    /// <summary>Requests at a time; 0 for no limit.</summary>
    public int Concurrency { get; set; }

    /// <summary>How requests are joined into one run; null for not at all.</summary>
    public BatchingSpec? Batching { get; set; }

    /// <summary>Largest request body in bytes; 0 for the worker's default.</summary>
    public long MaxBodyBytes { get; set; }
}
