using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Every refusal of the server, with the code, reason and words of Kubernetes.</summary>
internal static class Refusal
{
    public const string TooLargeReason = "RequestEntityTooLarge";

    public static StatusException Unauthorized() => Make(401, "Unauthorized", "Unauthorized");

    public static StatusException BadRequest(string message) => Make(400, "BadRequest", message);

    // Kubernetes calls this an error of its own, and gives no reason.
    public static StatusException VersionOnCreate() => Make(500, null, "resourceVersion should not be set on objects to be created");

    /// <summary>A query or body of options that the server cannot follow; <paramref name="options"/> is their kind.</summary>
    public static StatusException InvalidOptions(string options, V1StatusCause cause) => Make(
        422, "Invalid", $"{options}.meta.k8s.io \"\" is invalid: {cause.Field}: {cause.Message}",
        new() { Group = "meta.k8s.io", Kind = options, Causes = [cause] });

    public static StatusException Undecodable(ResourceKind kind, string? given, string why) =>
        BadRequest($"{given} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");

    public static StatusException UnknownPath() => Make(404, "NotFound", "the server could not find the requested resource", new());

    public static StatusException NotFound(ResourceKind kind, string name) =>
        Make(404, "NotFound", $"{kind.GroupResource} \"{name}\" not found", Details(kind, name));

    public static StatusException MethodNotAllowed() =>
        Make(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new());

    public static StatusException AlreadyExists(ResourceKind kind, string name) =>
        Make(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", Details(kind, name));

    public static StatusException Conflict(ResourceKind kind, string name, string why) =>
        Make(409, "Conflict", $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": {why}", Details(kind, name));

    public static StatusException Stale(ResourceKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static StatusException Precondition(ResourceKind kind, string name, string what, string wanted, string actual) =>
        Conflict(kind, name, $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {actual}");

    // Kubernetes names the kind here, where other conflicts name the resource.
    public static StatusException DeletePrecondition(ResourceKind kind, string name, string what, string wanted, string actual)
    {
        var message = $"Operation cannot be fulfilled on {kind.GroupKind} \"{name}\": the {what} in the precondition ({wanted}) does not match " +
            $"the {what} in record ({actual}). The object might have been {(what == "UID" ? "deleted and then recreated" : "modified")}";
        return Make(409, "Conflict", message, Details(kind, name) with { Kind = kind.Kind });
    }

    public static StatusException ApplyConflict(ResourceKind kind, string name, IReadOnlyList<V1StatusCause> causes)
    {
        var message = causes.Count == 1
            ? $"Apply failed with 1 conflict: {causes[0].Message}: {causes[0].Field}"
            : $"Apply failed with {causes.Count} conflicts: {string.Join('\n', causes.GroupBy(c => c.Message).Select(Together))}";
        return Make(409, "Conflict", message, Details(kind, name) with { Causes = causes });

        static string Together(IGrouping<string?, V1StatusCause> fields) =>
            $"conflicts{fields.Key!["conflict".Length..]}:\n{string.Join('\n', fields.Select(c => $"- {c.Field}"))}";
    }

    public static StatusException Expired(string message) => Make(410, "Expired", message);

    public static StatusException TooLarge(int limit) => Make(413, TooLargeReason, $"Request entity too large: limit is {limit}");

    public static StatusException UnsupportedMediaType(string accepted) => Make(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static StatusException Forbidden(ResourceKind kind, string name, string why, params V1StatusCause[] causes)
    {
        var details = Details(kind, name) with { Causes = causes.Length == 0 ? null : causes };
        return Make(403, "Forbidden", $"{kind.GroupResource} \"{name}\" is forbidden: {why}", details);
    }

    public static StatusException NamespaceTerminating(ResourceKind kind, string name, string ns) => Forbidden(
        kind, name, $"unable to create new content in namespace {ns} because it is being terminated",
        new V1StatusCause { Reason = "NamespaceTerminating", Message = $"namespace {ns} is being terminated", Field = "metadata.namespace" });

    public static StatusException Invalid(ResourceKind kind, string name, IReadOnlyList<V1StatusCause> causes)
    {
        var faults = causes.Select(c => $"{c.Field}: {c.Message}").ToList();
        var list = faults.Count == 1 ? faults[0] : $"[{string.Join(", ", faults)}]";
        var details = new V1StatusDetails { Name = name, Group = NullIfEmpty(kind.Group), Kind = kind.Kind, Causes = causes };
        return Make(422, "Invalid", $"{kind.GroupKind} \"{name}\" is invalid: {list}", details);
    }

    /// <summary>A patch that is well-formed but does not fit the object.</summary>
    public static StatusException PatchFailed(string why)
    {
        var details = new V1StatusDetails { Causes = [new() { Reason = "UnexpectedServerResponse", Message = why }] };
        return Make(422, "Invalid", "the server rejected our request due to an error in our request", details);
    }

    public static StatusException Unavailable(string message) => Make(503, "ServiceUnavailable", message);

    public static StatusException Make(int code, string? reason, string message, V1StatusDetails? details = null) => new(new()
    {
        Metadata = new(),
        Status = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    });

    /// <summary>Which object an answer speaks of.</summary>
    public static V1StatusDetails Details(ResourceKind kind, string name) =>
        new() { Name = name, Group = NullIfEmpty(kind.Group), Kind = kind.Plural };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
