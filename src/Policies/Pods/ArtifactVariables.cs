using Hearth.Api.Core;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;

namespace Hearth.Policies.Pods;

/// <summary>What a worker needs to know to fetch artifacts from claims and buckets. Pure.</summary>
internal static class ArtifactVariables
{
    private static readonly string[] OfSecret =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];

    /// <summary>Variables of the worker's container; none where the pool mounts no claim and names no Secret.</summary>
    public static IEnumerable<V1EnvVar> Of(WorkerPoolSpec spec)
    {
        var claims =
            from volume in spec.Template.Volumes ?? []
            let claim = volume.PersistentVolumeClaim?.ClaimName
            where claim is not null
            from mount in spec.Template.VolumeMounts ?? []
            // A mount of a part of the claim shows other paths than the claim has.
            where mount.Name == volume.Name && string.IsNullOrEmpty(mount.SubPath)
            select $"{claim}:{mount.MountPath}";
        if (string.Join('\n', claims) is { Length: > 0 } lines)
            yield return new() { Name = WorkerEnvironment.Claims, Value = lines };
        if (spec.ArtifactCache.SecretName is not { Length: > 0 } secret)
            yield break;
        foreach (var name in OfSecret)
            yield return new() { Name = name, ValueFrom = new() { SecretKeyRef = new() { Name = secret, Key = name, Optional = true } } };
    }
}
