using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>The kinds that are served without a CustomResourceDefinition: what Hearth and kubectl use of the Kubernetes API.</summary>
internal static class BuiltInKinds
{
    public static readonly ResourceKind Namespace = new("", "v1", "Namespace", "namespaces", Namespaced: false)
    {
        ShortNames = ["ns"],
        HasStatus = true,
        SelectableFields = ["status.phase"],
        Columns = BuiltInColumns.Namespace,
    };

    public static readonly ResourceKind Pod = new("", "v1", "Pod", "pods")
    {
        ShortNames = ["po"],
        Categories = ["all"],
        HasStatus = true,
        HasGeneration = true,
        SelectableFields =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        Columns = BuiltInColumns.Pod,
    };

    public static readonly ResourceKind Node = new("", "v1", "Node", "nodes", Namespaced: false)
    {
        ShortNames = ["no"],
        HasStatus = true,
        SelectableFields = ["spec.unschedulable"],
        Columns = BuiltInColumns.Node,
    };

    public static readonly ResourceKind Service = new("", "v1", "Service", "services")
    {
        ShortNames = ["svc"],
        Categories = ["all"],
        HasStatus = true,
        SelectableFields = ["spec.clusterIP", "spec.type"],
        Columns = BuiltInColumns.Service,
    };

    public static readonly ResourceKind Secret = new("", "v1", "Secret", "secrets")
    {
        SelectableFields = ["type"],
        Columns = BuiltInColumns.Secret,
    };

    public static readonly ResourceKind ConfigMap = new("", "v1", "ConfigMap", "configmaps")
    {
        ShortNames = ["cm"],
        Columns = BuiltInColumns.ConfigMap,
    };

    public static readonly ResourceKind ServiceAccount = new("", "v1", "ServiceAccount", "serviceaccounts")
    {
        ShortNames = ["sa"],
        Columns = BuiltInColumns.ServiceAccount,
    };

    public static readonly ResourceKind Event = new("", "v1", "Event", "events")
    {
        ShortNames = ["ev"],
        SelectableFields =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        Columns = BuiltInColumns.Event,
    };

    public static readonly ResourceKind Lease = new("coordination.k8s.io", "v1", "Lease", "leases")
    {
        Columns = BuiltInColumns.Lease,
    };

    public static readonly ResourceKind ControllerRevision = new("apps", "v1", "ControllerRevision", "controllerrevisions")
    {
        Columns = BuiltInColumns.ControllerRevision,
    };

    public static readonly ResourceKind CustomResourceDefinition =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", Namespaced: false)
        {
            ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"],
            HasStatus = true,
            HasGeneration = true,
            Columns = BuiltInColumns.CustomResourceDefinition,
        };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
        [ConfigMap, Event, Namespace, Node, Pod, Secret, ServiceAccount, Service, ControllerRevision, Lease, CustomResourceDefinition];
}
