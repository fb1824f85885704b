using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>Where a model goes.</summary>
public sealed record TrainingOutput
{
    /// <summary>Folder that gets model.json and the weights: file:///absolute/path. An InferenceFunction of format Hearth serves it.</summary>
    [Length(1, 2048)]
    [Pattern("^file:///.+$")]
    [Required]
    public string Uri { get; set; } = "";
}
