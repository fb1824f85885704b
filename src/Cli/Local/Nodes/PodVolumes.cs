using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The volumes of a pod as directories of this machine.</summary>
/// <remarks>
/// <c>emptyDir</c> and <c>secret</c> are directories of the pod. A <c>hostPath</c> that the pod may make (type <c>DirectoryOrCreate</c> or none) is
/// the node's own directory, shared by the node's pods alone; one that must exist (type <c>Directory</c>, <c>File</c>) is the machine's. A
/// <c>persistentVolumeClaim</c> is the directory that the node's options name for it.
/// A process sees the machine's file system, so mount paths cannot be made to appear: they are replaced in arguments and environment, and
/// workers are told (<see cref="Hearth.Api.Workers.WorkerEnvironment.Mounts"/>).
/// </remarks>
internal sealed class PodVolumes(V1Pod pod, NodeDirectories directories, IReadOnlyDictionary<string, string> claims, IKubernetesClient client)
{
    /// <summary>Makes the volumes and tells where each is, by name.</summary>
    /// <exception cref="ContainerConfigException">A volume cannot be made.</exception>
    public async Task<IReadOnlyDictionary<string, string>> MakeAsync(CancellationToken cancel)
    {
        var paths = new Dictionary<string, string>();
        foreach (var volume in pod.Spec.Volumes ?? [])
            paths[volume.Name] = await MakeAsync(volume, cancel);
        return paths;
    }

    /// <summary><paramref name="text"/> with the mount path it begins with, if any, replaced by the volume's directory.</summary>
    public static string Map(string text, V1Container container, IReadOnlyDictionary<string, string> paths)
    {
        foreach (var mount in (container.VolumeMounts ?? []).OrderByDescending(m => m.MountPath.Length))
        {
            var path = mount.MountPath.TrimEnd('/');
            if (text.StartsWith(path, StringComparison.Ordinal) && (text.Length == path.Length || text[path.Length] == '/'))
                return DirectoryOf(mount, paths) + text[path.Length..];
        }
        return text;
    }

    /// <summary>The mounts of <paramref name="container"/> as a worker reads them.</summary>
    /// <exception cref="ContainerConfigException">A mount names no volume.</exception>
    public static string Describe(V1Container container, IReadOnlyDictionary<string, string> paths) =>
        string.Join('\n', (container.VolumeMounts ?? []).Select(mount => $"{mount.MountPath}:{DirectoryOf(mount, paths)}"));

    private static string DirectoryOf(V1VolumeMount mount, IReadOnlyDictionary<string, string> paths) =>
        paths.TryGetValue(mount.Name, out var directory)
            ? Path.Combine(directory, mount.SubPath ?? "")
            : throw Fault($"volumeMount \"{mount.MountPath}\" names volume \"{mount.Name}\", which the pod does not have.");

    private async Task<string> MakeAsync(V1Volume volume, CancellationToken cancel)
    {
        if (volume.EmptyDir is not null)
            return Directory.CreateDirectory(directories.Volume(pod.Uid(), volume.Name)).FullName;
        if (volume.Secret is { SecretName: { } secret })
            return await MakeSecretAsync(volume.Name, secret, cancel);
        if (volume.PersistentVolumeClaim is { ClaimName: var claim })
            return FindClaim(volume.Name, claim);
        return volume.HostPath switch
        {
            { Type: null or "" or "DirectoryOrCreate" } own => Directory.CreateDirectory(directories.HostPath(own.Path)).FullName,
            { } shared when Path.Exists(shared.Path) => shared.Path,
            { } missing => throw Fault($"hostPath \"{missing.Path}\" of volume \"{volume.Name}\" is not there, and its type {missing.Type} asks for it."),
            null => throw Fault($"volume \"{volume.Name}\" is of a kind that process nodes do not have: use emptyDir, hostPath, secret or persistentVolumeClaim."),
        };
    }

    private string FindClaim(string volume, string claim)
    {
        if (!claims.TryGetValue(claim, out var path))
            throw Fault($"persistentVolumeClaim \"{claim}\" of volume \"{volume}\" is unknown: name its folder with --claim {claim}=FOLDER where the node starts.");
        return Directory.Exists(path) ? path : throw Fault($"the folder \"{path}\" of persistentVolumeClaim \"{claim}\" is not there.");
    }

    private async Task<string> MakeSecretAsync(string volume, string name, CancellationToken cancel)
    {
        var secret = await client.GetAsync<V1Secret>(name, pod.Namespace(), cancel)
            ?? throw Fault($"secret \"{name}\" of volume \"{volume}\" not found.");
        var path = Directory.CreateDirectory(directories.Volume(pod.Uid(), volume)).FullName;
        foreach (var (key, value) in secret.Data ?? new Dictionary<string, string>())
            await File.WriteAllBytesAsync(Path.Combine(path, key), Convert.FromBase64String(value), cancel);
        return path;
    }

    private static ContainerConfigException Fault(string message) => new(ContainerConfigException.CreateContainerConfigError, message);
}
