using System.Collections.Concurrent;
using Hearth.Kubernetes.InMemory.Http;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Accounts;

/// <summary>What each service account asked for, each thing once.</summary>
internal sealed class AccessLog
{
    private readonly ConcurrentDictionary<(string User, ApiAccess Access), bool> _seen = new();

    public IReadOnlyCollection<ApiAccess> Of(string user) => [.. _seen.Keys.Where(k => k.User == user).Select(k => k.Access)];

    /// <summary>Notes a request before it is carried out, because a watch may last.</summary>
    public void Note(Caller caller, ApiCall call)
    {
        if (caller.IsServiceAccount)
            _seen.TryAdd((caller.Name, Access(call, Verb(call))), true);
    }

    /// <summary>Notes what shows only when it is done: an API server asks for a second right when an apply makes a new object.</summary>
    public void NoteOutcome(Caller caller, ApiCall call)
    {
        if (caller.IsServiceAccount && call.Http.Response.StatusCode == StatusCodes.Status201Created && HttpMethods.IsPatch(call.Http.Request.Method))
            _seen.TryAdd((caller.Name, Access(call, "create") with { Name = null }), true);
    }

    private static ApiAccess Access(ApiCall call, string verb) => new(
        verb, call.Kind.Group, call.Subresource is null ? call.Kind.Plural : $"{call.Kind.Plural}/{call.Subresource}", call.Namespace, call.Name);

    private static string Verb(ApiCall call) => call.Http.Request.Method switch
    {
        "GET" when call.Subresource is null && call.Flag("watch") => "watch",
        "GET" => call.Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => call.Name is null ? "deletecollection" : "delete",
        var method => method.ToLowerInvariant(),
    };
}
