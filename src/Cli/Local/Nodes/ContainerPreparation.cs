using Hearth.Api.Core;
using Hearth.Api.Workers;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Turns a container of a pod into the command that stands for it on this machine.</summary>
internal static class ContainerPreparation
{
    private const string OwnImage = "hearth";

    /// <summary>The command of <paramref name="container"/>.</summary>
    /// <param name="container">The container.</param>
    /// <param name="hearth">The command that runs this very program.</param>
    /// <param name="variables">Its environment.</param>
    /// <param name="volumes">Directories of the pod's volumes, by name.</param>
    /// <param name="directory">Working directory of a container that names none.</param>
    /// <exception cref="ContainerConfigException">The image is none that a process node runs.</exception>
    public static ContainerCommand Prepare(
        V1Container container, IReadOnlyList<string> hearth, IReadOnlyDictionary<string, string> variables,
        IReadOnlyDictionary<string, string> volumes, string directory)
    {
        IReadOnlyList<string> program = container.Command is { Count: > 0 } command ? command
            : IsOwnImage(container.Image) ? hearth
            : throw new ContainerConfigException(
                ContainerConfigException.ErrImageNeverPull,
                $"process nodes run only the image \"{OwnImage}\" or a command of this machine; "
                + $"image \"{container.Image}\" needs a cluster with containers, or set the container's command.");
        var environment = variables.ToDictionary(v => v.Key, v => PodVolumes.Map(v.Value, container, volumes));
        environment[WorkerEnvironment.Mounts] = PodVolumes.Describe(container, volumes);
        return new(
            [.. program.Concat(container.Args ?? []).Select(a => PodVolumes.Map(a, container, volumes))],
            environment,
            container.WorkingDir is { } path ? PodVolumes.Map(path, container, volumes) : directory);
    }

    /// <summary>Whether the image's name, without registry, tag and digest, is Hearth's.</summary>
    private static bool IsOwnImage(string? image) => image?.Split('/')[^1].Split(':', '@')[0] == OwnImage;
}
