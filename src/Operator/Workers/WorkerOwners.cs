using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Informers;

namespace Hearth.Operator.Workers;

/// <summary>The objects that own workers, whatever their kind.</summary>
internal sealed class WorkerOwners
{
    private readonly Dictionary<string, Func<string, string, bool>> _exists = [];

    /// <summary>Adds a kind, whose objects pods name by <paramref name="label"/>.</summary>
    public WorkerOwners Add<T>(string label, IInformer<T> informer)
        where T : class, IResource<T>
    {
        _exists.Add(label, (ns, name) => informer.Get(name, ns) is not null);
        return this;
    }

    /// <summary>Whether the pod names an owner that does not exist, as far as this process knows.</summary>
    public bool IsOrphan(V1Pod pod) => HearthLabels.Owners.Any(label =>
        pod.GetLabel(label) is { } name && !(_exists.TryGetValue(label, out var exists) && exists(pod.Namespace(), name)));
}
