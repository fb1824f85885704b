namespace Hearth.Api.Workers;

/// <summary>What a worker can become.</summary>
public enum WorkerRole
{
    /// <summary>Serves a model of an InferenceFunction.</summary>
    Function,

    /// <summary>Gathers and folds the updates of a FederatedAggregation.</summary>
    Aggregator,

    /// <summary>Trains as one rank of a TrainingJob.</summary>
    Trainer,
}
