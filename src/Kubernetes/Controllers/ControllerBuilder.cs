using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Controllers;

/// <summary>What beside its own objects wakes a controller.</summary>
public sealed class ControllerBuilder<T>
    where T : class, IResource<T>
{
    /// <summary>Wakes the controller of the owner (controller reference of kind <typeparamref name="T"/>) when a dependant changes, before and after the change.</summary>
    public ControllerBuilder<T> Owns<TDependant>(string? labelSelector = null)
        where TDependant : class, IResource<TDependant> => throw new NotImplementedException();

    /// <summary>Wakes the objects that <paramref name="map"/> names when another object changes; it is called with the object before and after.</summary>
    public ControllerBuilder<T> Watches<TOther>(Func<TOther, IEnumerable<ObjectKey>> map, string? labelSelector = null)
        where TOther : class, IResource<TOther> => throw new NotImplementedException();

    /// <summary>Wakes one object from outside, for example when a measurement changes. Usable while the host runs.</summary>
    public void Enqueue(ObjectKey key) => throw new NotImplementedException();
}
