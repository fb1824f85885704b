namespace Hearth.Cli.Demos;

/// <summary>Where a demo plays.</summary>
internal sealed record DemoSetting
{
    /// <summary>Title of the demo.</summary>
    public required string Title { get; init; }

    /// <summary>Kubeconfig of a running cluster; null starts one for the demo. Defaults to null.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Gateway of the running cluster.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>Nodes of the cluster that is started. Defaults to 2.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>Whether the demo makes its pool itself, so that the cluster that is started needs none. Defaults to true.</summary>
    public bool BringsPool { get; init; } = true;
}
