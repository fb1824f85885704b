using System.Text.Json.Nodes;
using Hearth.Api.Schema;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Options of an <see cref="InMemoryApiServer"/>.</summary>
public sealed record InMemoryApiServerOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes a free one. Defaults to 0.</summary>
    public int Port { get; init; }

    /// <summary>Token that callers must present; null makes a random one. Defaults to null.</summary>
    public string? Token { get; init; }

    /// <summary>Bearer token with which pod logs are fetched from nodes; null sends none. Defaults to null.</summary>
    public string? KubeletToken { get; init; }

    /// <summary>CustomResourceDefinitions that are served from the start, as JSON. Defaults to none.</summary>
    public IReadOnlyList<JsonObject> Definitions { get; init; } = [];

    /// <summary>
    /// Validators by kind, in place of CEL rules: each names the faults of an object that satisfies its schema, given the one before it. Defaults to
    /// <see cref="HearthValidators.All"/>.
    /// </summary>
    public IReadOnlyDictionary<string, Func<JsonObject?, JsonObject, IEnumerable<FieldError>>> Validators { get; init; } = HearthValidators.All;

    /// <summary>Changes kept per resource: a watch that asks for older ones gets 410 Gone. Defaults to 2048.</summary>
    public int WatchHistory { get; init; } = 2048;

    /// <summary>Changes queued per watcher: one that falls further behind is disconnected. Defaults to 2048.</summary>
    public int WatchQueue { get; init; } = 2048;

    /// <summary>
    /// A switch for faults: called before each request, it may delay it, or answer it itself and return true. Defaults to none.
    /// </summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; init; }

    /// <summary>Source of uids and generated names. Defaults to a freshly seeded one.</summary>
    public Random Random { get; init; } = new();
}
