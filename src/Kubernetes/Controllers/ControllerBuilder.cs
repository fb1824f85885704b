using Hearth.Api.Meta;
using Hearth.Kubernetes.Informers;
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
    /// <param name="map">Names them.</param>
    /// <param name="labelSelector">Which other objects.</param>
    /// <param name="delay">How long a change may wait, so that what follows it soon is looked at with it; null for none.</param>
    public ControllerBuilder<T> Watches<TOther>(
        Func<TOther, IEnumerable<ObjectKey>> map, string? labelSelector = null, Func<InformerEvent<TOther>, TimeSpan>? delay = null)
        where TOther : class, IResource<TOther>
    {
        _informers.Get<TOther>(labelSelector).Subscribe(change =>
        {
            var after = delay?.Invoke(change) ?? TimeSpan.Zero;
            EnqueueAll(change.Old, map, after);
            EnqueueAll(change.New, map, after);
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

    private void EnqueueAll<TOther>(TOther? entity, Func<TOther, IEnumerable<ObjectKey>> map, TimeSpan after)
        where TOther : class
    {
        if (entity is null)
            return;
        foreach (var key in map(entity))
            _queue.AddAfter(key, after);
    }
}
