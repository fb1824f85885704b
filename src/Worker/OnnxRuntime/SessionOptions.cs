namespace Hearth.Worker.OnnxRuntime;

/// <summary>How a session is built.</summary>
internal sealed record SessionOptions
{
    /// <summary>How far the graph is rewritten. Defaults to everything: it costs a third of the load and repays it within a few runs.</summary>
    public GraphOptimizationLevel GraphOptimizationLevel { get; init; } = GraphOptimizationLevel.All;

    /// <summary>Further settings by their names in onnxruntime_session_options_config_keys.h.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();
}
