namespace Hearth.Worker.OnnxRuntime;

/// <summary>How the runtime computes; the same for every session of the process.</summary>
internal sealed record OrtEnvOptions
{
    /// <summary>The library; null for the usual places.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>Threads that one operator may use, shared by all sessions. Defaults to the processors that this process may use.</summary>
    public int IntraOpThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether idle threads of a run spin for the next operator. Defaults to false: neighbours on the node need the cores more.</summary>
    public bool Spin { get; init; }
}
