namespace Hearth.Kubernetes.Client;

/// <summary>What a list or watch selects.</summary>
public sealed record ListOptions
{
    /// <summary>For example <c>hearth.dev/pool=default,hearth.dev/worker-state in (idle,claimed)</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>For example <c>spec.nodeName=node-1</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>For watch: the version after which changes are sent.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>For watch: asks for bookmarks. Defaults to true.</summary>
    public bool AllowWatchBookmarks { get; init; } = true;

    /// <summary>For watch: the server ends the watch after this time. Defaults to the server's choice.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>For list: page size. Defaults to 500.</summary>
    public int Limit { get; init; } = 500;
}
