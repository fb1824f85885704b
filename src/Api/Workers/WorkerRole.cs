namespace Hearth.Api.Workers;

/// <summary>What a worker can become.</summary>
public enum WorkerRole
{
    /// <summary>Serves a model of an InferenceFunction.</summary>
    Function,
}
