using System.Net;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>The API server refused a call; <see cref="Status"/> says why.</summary>
public class KubernetesException(V1Status status) : Exception(status.Message ?? status.Reason ?? $"the API server answered {status.Code}")
{
    /// <summary>The server's answer, with every cause it named.</summary>
    public V1Status Status { get; } = status;

    /// <summary>HTTP status of the answer.</summary>
    public HttpStatusCode Code => (HttpStatusCode)(Status.Code ?? 0);

    /// <summary>409: another writer was faster, or the object exists already (<see cref="IsAlreadyExists"/>).</summary>
    public bool IsConflict => Code == HttpStatusCode.Conflict;

    /// <summary>For a server-side apply that was refused: each field that another manager owns, and which manager. Empty otherwise.</summary>
    public IReadOnlyList<(string Field, string Conflict)> FieldConflicts =>
        [.. (Status.Details?.Causes ?? []).Where(c => c.Reason == "FieldManagerConflict").Select(c => (c.Field ?? "", c.Message ?? ""))];

    /// <summary>409 because the name is taken.</summary>
    public bool IsAlreadyExists => Status.Reason == "AlreadyExists";

    /// <summary>404: the object, or its kind, is not there.</summary>
    public bool IsNotFound => Code == HttpStatusCode.NotFound;

    /// <summary>410: the version asked for is compacted; list again.</summary>
    public bool IsGone => Code == HttpStatusCode.Gone;
}
