namespace Hearth.Cli.Local;

/// <summary>Parts of a local cluster that can be left out, to be run as processes of their own.</summary>
internal enum LocalPart
{
    /// <summary><c>hearth operator</c>.</summary>
    Operator,

    /// <summary><c>hearth gateway</c>.</summary>
    Gateway,

    /// <summary><c>hearth node</c>.</summary>
    Nodes,
}
