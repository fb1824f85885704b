namespace Hearth.Api.Meta;

/// <summary>Shorthands over an object's metadata, named as KubernetesClient names them.</summary>
public static class ModelExtensions
{
    public static string Name(this IKubernetesObject entity) => entity.Metadata.Name ?? "";

    public static string Namespace(this IKubernetesObject entity) => entity.Metadata.Namespace ?? "";

    public static string Uid(this IKubernetesObject entity) => entity.Metadata.Uid ?? "";

    /// <summary>True once deletion was asked for.</summary>
    public static bool IsDeleting(this IKubernetesObject entity) => entity.Metadata.DeletionTimestamp is not null;

    /// <summary>The value of a label, or null.</summary>
    public static string? GetLabel(this IKubernetesObject entity, string key) => entity.Metadata.Labels?.GetValueOrDefault(key);

    /// <summary>The value of an annotation, or null.</summary>
    public static string? GetAnnotation(this IKubernetesObject entity, string key) => entity.Metadata.Annotations?.GetValueOrDefault(key);

    /// <summary>The owner that controls the object, or null.</summary>
    public static V1OwnerReference? GetController(this IKubernetesObject entity) =>
        entity.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true);

    /// <summary>Whether <paramref name="owner"/> is among the object's owners.</summary>
    public static bool IsOwnedBy(this IKubernetesObject entity, IKubernetesObject owner) =>
        entity.Metadata.OwnerReferences?.Any(o => o.Uid == owner.Metadata.Uid) == true;

    /// <summary>A controller reference to <paramref name="owner"/> for its dependants.</summary>
    public static V1OwnerReference MakeOwnerReference<T>(this T owner)
        where T : class, IResource<T> => new()
        {
            ApiVersion = T.Definition.ApiVersion,
            Kind = T.Definition.Kind,
            Name = owner.Name(),
            Uid = owner.Uid(),
            Controller = true,
            BlockOwnerDeletion = true,
        };
}
