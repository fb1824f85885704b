using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>What every object must satisfy, whatever its kind.</summary>
internal static partial class MetadataRules
{
    private const string Label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric " +
        "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'example.com', regex used for validation is " +
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string Key =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string Value =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private static readonly string[] OwnerFields = ["apiVersion", "kind", "name", "uid"];

    private static readonly string[] KeptFromLive =
        ["uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>Fills in what a body may leave out, and refuses one of another type or with metadata of the wrong shape.</summary>
    /// <exception cref="StatusException">400.</exception>
    public static void CheckShape(WriteRequest request, JsonObject body)
    {
        var kind = request.Kind;
        if (kind.IsCustom)
            RequireType(kind, body);
        body["apiVersion"] ??= kind.ApiVersion;
        body["kind"] ??= kind.Kind;
        if (body.Text("apiVersion") != kind.ApiVersion)
        {
            throw Refusal.BadRequest(
                $"the API version in the data ({body.Text("apiVersion")}) does not match the expected API version ({kind.ApiVersion})");
        }
        if (body.Text("kind") != kind.Kind)
            throw Refusal.Undecodable(kind, body.Text("kind"), "no such kind is served there");
        body["metadata"] ??= new JsonObject();
        if (body["metadata"] is not JsonObject metadata)
            throw Refusal.BadRequest("metadata must be an object");
        foreach (var map in new[] { "labels", "annotations" })
            RequireShape(metadata, map, n => n is JsonObject entries && entries.All(e => e.Value.Text() is not null), "a map of strings");
        RequireShape(metadata, "finalizers", n => n is JsonArray list && list.All(e => e.Text() is not null), "a list of strings");
        RequireShape(
            metadata, "ownerReferences", n => n is JsonArray list && list.All(e => e.Text("uid") is not null), "a list of objects with a uid");
        foreach (var text in new[] { "name", "generateName", "namespace", "uid", "resourceVersion" })
            RequireShape(metadata, text, n => n.Text() is not null, "a string");
        SetNamespace(request, metadata);
    }

    /// <summary>Every fault in names, labels and annotations.</summary>
    public static List<V1StatusCause> Validate(JsonObject entity, ResourceKind kind)
    {
        var faults = new List<V1StatusCause>();
        var name = entity.Name();
        var isLabel = kind == BuiltInKinds.Namespace || kind == BuiltInKinds.Service;
        if (name.Length == 0)
            faults.Add(Fault.Required("metadata.name", "name or generateName is required"));
        else if (isLabel && !(name.Length <= 63 && DnsLabel().IsMatch(name)))
            faults.Add(Fault.Invalid("metadata.name", name, Label));
        else if (!isLabel && !(name.Length <= 253 && DnsSubdomain().IsMatch(name)))
            faults.Add(Fault.Invalid("metadata.name", name, Subdomain));
        foreach (var (key, value) in entity.Metadata()["labels"] as JsonObject ?? [])
        {
            if (!QualifiedName().IsMatch(key))
                faults.Add(Fault.Invalid("metadata.labels", key, Key));
            if (!LabelValue().IsMatch(value.Text()!))
                faults.Add(Fault.Invalid("metadata.labels", value, Value));
        }
        foreach (var (key, _) in entity.Metadata()["annotations"] as JsonObject ?? [])
        {
            if (!QualifiedName().IsMatch(key))
                faults.Add(Fault.Invalid("metadata.annotations", key, Key));
        }
        faults.AddRange(entity.Finalizers().Where(f => !QualifiedName().IsMatch(f)).Select(f => Fault.Invalid("metadata.finalizers", f, Key)));
        foreach (var owner in entity.Metadata()["ownerReferences"].Objects())
        {
            foreach (var field in OwnerFields.Where(f => string.IsNullOrEmpty(owner.Text(f))))
                faults.Add(Fault.Invalid($"metadata.ownerReferences.{field}", owner.Text(field) ?? "", "must not be empty"));
        }
        return faults;
    }

    /// <summary>Checks that an update speaks of the object as it is.</summary>
    /// <exception cref="StatusException">
    /// 400 for another name, 409 for another version or uid, 422 for new finalizers on an object that is going.
    /// </exception>
    public static void CheckUpdate(WriteRequest request, JsonObject live, JsonObject desired)
    {
        var name = live.Name();
        var metadata = desired.Metadata();
        if (desired.Name() != name)
            throw Refusal.BadRequest($"the name of the object ({desired.Name()}) does not match the name on the URL ({name})");
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != live.Uid())
            throw Refusal.Precondition(request.Kind, name, "UID", uid, live.Uid());
        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != live.Metadata().Text("resourceVersion"))
            throw Refusal.Stale(request.Kind, name);
        if (!live.IsDeleting())
            return;
        var added = desired.Finalizers().Except(live.Finalizers()).ToList();
        if (added.Count == 0)
            return;
        throw Refusal.Invalid(request.Kind, name, [Fault.Forbidden(
            "metadata.finalizers",
            $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}")]);
    }

    /// <summary>Puts back what only the server sets.</summary>
    public static void KeepServerOwned(JsonObject live, JsonObject desired)
    {
        foreach (var property in KeptFromLive)
            desired.Metadata().CopyFrom(live.Metadata(), property);
        // A list that someone sent is taken: that is how kubectl hands ownership from one manager to another.
        if (desired.Metadata()["managedFields"] is not JsonArray)
            desired.Metadata().CopyFrom(live.Metadata(), "managedFields");
    }

    // A built-in kind is known by its path; a custom one must be named.
    private static void RequireType(ResourceKind kind, JsonObject body)
    {
        if (body.Text("kind") is null)
            throw Refusal.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): Object 'Kind' is missing");
        if (body.Text("kind") is { } given && given != kind.Kind)
        {
            throw Refusal.Invalid(
                kind with { Kind = given }, body["metadata"].Text("name") ?? "", [Fault.Invalid("kind", given, $"must be {kind.Kind}")]);
        }
    }

    private static void SetNamespace(WriteRequest request, JsonObject metadata)
    {
        if (!request.Kind.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }
        if (metadata.Text("namespace") is { Length: > 0 } given && given != request.Namespace)
        {
            throw Refusal.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
        metadata["namespace"] = request.Namespace;
    }

    private static void RequireShape(JsonObject metadata, string property, Func<JsonNode, bool> fits, string expected)
    {
        if (metadata[property] is not { } value)
            metadata.Remove(property);
        else if (!fits(value))
            throw Refusal.BadRequest($"metadata.{property} must be {expected}");
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
