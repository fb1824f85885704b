namespace Hearth.Cli.Local.Nodes;

/// <summary>Everything a process is started with.</summary>
/// <param name="Arguments">The program and its arguments; never empty.</param>
/// <param name="Environment">Variables beside those the node itself has.</param>
/// <param name="WorkingDirectory">Where it starts.</param>
internal sealed record ContainerCommand(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory);
