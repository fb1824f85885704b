using System.Net;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>What the pods of a node have in common.</summary>
internal sealed record NodeServices(
    string Name,
    IPAddress Address,
    IReadOnlyList<string> Hearth,
    NodeDirectories Directories,
    IReadOnlyDictionary<string, string> Claims,
    string PidDirectory,
    IKubernetesClient Client,
    HttpClient Http,
    TimeProvider Time,
    ILoggerFactory Logs);
