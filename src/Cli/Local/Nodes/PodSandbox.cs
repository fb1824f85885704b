using System.Net;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Cli.Local.Nodes;

/// <summary>What the containers of a pod have in common.</summary>
internal sealed record PodSandbox(V1Pod Pod, IPAddress Address, NodeServices Node)
{
    /// <summary>Resolves everything that <paramref name="container"/> refers to.</summary>
    /// <exception cref="ContainerConfigException">Something is not there, or of a kind that process nodes do not have.</exception>
    public async Task<ContainerCommand> PrepareAsync(V1Container container, CancellationToken cancel)
    {
        var volumes = await new PodVolumes(Pod, Node.Directories, Node.Claims, Node.Client).MakeAsync(cancel);
        var environment = new PodEnvironment(Pod, Node.Name, Address.ToString(), Node.Address.ToString(), Node.Client);
        var variables = await environment.ResolveAsync(container, cancel);
        return ContainerPreparation.Prepare(container, Node.Hearth, variables, volumes, Node.Directories.Pod(Pod.Uid()));
    }

    /// <summary>File that holds the process id of a container while it runs.</summary>
    public string PidFile(V1Container container) => Path.Combine(Node.PidDirectory, $"{Pod.Uid()}-{container.Name}.pid");

    /// <summary>File that takes the output of one run of a container. The run before is kept, older ones are not.</summary>
    public string MakeLogFile(V1Container container, int run)
    {
        var file = Node.Directories.Log(Pod.Uid(), container.Name, run);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(Node.Directories.Log(Pod.Uid(), container.Name, run - 2));
        // A container that is said to run has a log, be it empty.
        File.WriteAllBytes(file, []);
        return file;
    }
}
