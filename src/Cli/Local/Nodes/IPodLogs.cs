namespace Hearth.Cli.Local.Nodes;

/// <summary>Finds the logs of a node's pods.</summary>
internal interface IPodLogs
{
    /// <summary>The log of a container's latest run, or of the one before; null when there is none.</summary>
    OpenLog? Find(string ns, string pod, string container, bool previous);
}
