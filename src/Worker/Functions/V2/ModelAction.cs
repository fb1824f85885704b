namespace Hearth.Worker.Functions.V2;

/// <summary>What a request wants of a model.</summary>
internal enum ModelAction
{
    /// <summary>What it takes and answers.</summary>
    Metadata,

    /// <summary>Whether it is ready.</summary>
    Ready,

    /// <summary>An inference.</summary>
    Infer,
}
