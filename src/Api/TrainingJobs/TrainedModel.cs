namespace Hearth.Api.TrainingJobs;

/// <summary>A model that a TrainingJob wrote.</summary>
public sealed record TrainedModel
{
    /// <summary>The model.json, as an InferenceFunction takes it.</summary>
    public string? Uri { get; set; }

    /// <summary>SHA-256 of the model.json, which holds that of the weights.</summary>
    public string? Sha256 { get; set; }
}
