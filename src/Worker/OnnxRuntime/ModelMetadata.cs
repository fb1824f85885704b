namespace Hearth.Worker.OnnxRuntime;

/// <summary>What a model says about itself.</summary>
/// <param name="ProducerName">Tool that wrote it.</param>
/// <param name="GraphName">Name of its graph.</param>
/// <param name="Description">Its description.</param>
/// <param name="Version">Its version.</param>
/// <param name="Custom">Its own entries.</param>
internal sealed record ModelMetadata(string ProducerName, string GraphName, string Description, long Version, IReadOnlyDictionary<string, string> Custom);
