namespace Hearth.Api.InferenceFunctions;

/// <summary>Workers of a function.</summary>
public sealed record ReplicaStatus
{
    /// <summary>Workers that serve.</summary>
    public int Ready { get; set; }

    /// <summary>Workers claimed or created that do not serve yet.</summary>
    public int Starting { get; set; }
}
