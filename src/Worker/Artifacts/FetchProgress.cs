namespace Hearth.Worker.Artifacts;

/// <summary>How far a download is.</summary>
/// <param name="Source">Where from, for people.</param>
/// <param name="Received">Bytes received.</param>
/// <param name="Expected">Bytes in all, where the server said.</param>
internal readonly record struct FetchProgress(string Source, long Received, long? Expected);
