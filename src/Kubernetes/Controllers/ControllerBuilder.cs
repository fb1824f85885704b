using Hearth.Api.Meta;
using Hearth.Kubernetes.Queues;

namespace Hearth.Kubernetes.Controllers;

/// <summary>What beside its own objects wakes a controller.</summary>
public sealed class ControllerBuilder<T>
    where T : class, IResource<T>
{
    private readonly InformerSet _informers;
    private readonly WorkQueue<ObjectKey> _queue;

    internal ControllerBuilder(InformerSet informers, WorkQueue<ObjectKey> queue)
    {
        _informers = informers;
        _queue = queue;
    }

    /// <summary>Wakes the controller of the owner (controller reference of kind <typeparamref name="T"/>) when a dependant changes, before and after the change.</summary>
    public ControllerBuilder<T> Owns<TDependant>(string? labelSelector = null)
        where TDependant : class, IResource<TDependant> => Watches<TDependant>(OwnerOf, labelSelector);

    /// <summary>Wakes the objects that <paramref name="map"/> names when another object changes; it is called with the object before and after.</summary>
    public ControllerBuilder<T> Watches<TOther>(Func<TOther, IEnumerable<ObjectKey>> map, string? labelSelector = null)
        where TOther : class, IResource<TOther>
    {
        _informers.Get<TOther>(labelSelector).Subscribe(change =>
        {
            EnqueueAll(change.Old, map);
            EnqueueAll(change.New, map);
        });
        return this;
    }

    /// <summary>Wakes one object from outside, for example when a measurement changes. Usable while the host runs.</summary>
    public void Enqueue(ObjectKey key) => _queue.Add(key);

    private static IEnumerable<ObjectKey> OwnerOf(IKubernetesObject dependant)
    {
        if (dependant.GetController() is { } owner && owner.Kind == T.Definition.Kind && GroupOf(owner.ApiVersion) == T.Definition.Group)
            yield return new ObjectKey(T.Definition.Namespaced ? dependant.Namespace() : "", owner.Name);
    }

    // The owner may have been made through another version of the same kind.
    private static string GroupOf(string apiVersion) => apiVersion.Contains('/') ? apiVersion[..apiVersion.IndexOf('/')] : "";

    private void EnqueueAll<TOther>(TOther? entity, Func<TOther, IEnumerable<ObjectKey>> map)
        where TOther : class
    {
        if (entity is null)
            return;
        foreach (var key in map(entity))
            _queue.Add(key);
    }
}
