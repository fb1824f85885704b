namespace Hearth.Worker.Functions.V2;

/// <summary>An output that a caller asked for.</summary>
/// <param name="Index">Index among the model's outputs.</param>
/// <param name="Binary">Whether to answer its data behind the JSON instead of in it.</param>
internal readonly record struct RequestedOutput(int Index, bool Binary);
