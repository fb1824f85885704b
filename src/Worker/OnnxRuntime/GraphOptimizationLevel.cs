namespace Hearth.Worker.OnnxRuntime;

/// <summary>How far ONNX Runtime rewrites a graph.</summary>
internal enum GraphOptimizationLevel
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Folds constants and drops what has no effect.</summary>
    Basic = 1,

    /// <summary>Fuses operators too.</summary>
    Extended = 2,

    /// <summary>Changes layouts for this machine's processor too.</summary>
    All = 99,
}
