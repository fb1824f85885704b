using System.Collections.Concurrent;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Gateway.Invocation;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Federations;

/// <summary>Checks the bearer tokens of a federation's clients against the Secret that its spec names.</summary>
/// <remarks>
/// The Secret is read by its name, as pools' Secrets are, and kept for a while. A token that is not known has it read again, once a second at most, so that
/// a new client gets in at once and a flood of wrong tokens does not reach the API server.
/// </remarks>
internal sealed class ClientAuthenticator(IKubernetesClient client, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    /// <summary>A token that was taken out of the Secret is good for so long still.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ObjectKey, Lazy<Task<ClientTokens?>>> _secrets = new();

    /// <summary>Lets a request in or says why not.</summary>
    /// <returns>The client that the token is for, null for any; or the refusal.</returns>
    public async Task<(string? Client, Refusal? Refusal)> CheckAsync(HttpContext context, FederatedAggregation federation, FederationTarget target)
    {
        if (federation.Spec.Clients.Auth is not { } auth)
            return (null, null);
        var id = target.Federation.ToString();
        if (ReadToken(context.Request) is not { } token)
            return (null, new(Outcome.Unauthorized, $"federation \"{id}\" takes clients with a token only: send the header \"Authorization: Bearer TOKEN\" with yours, which whoever runs the federation gives out"));
        var secret = new ObjectKey(target.Federation.Namespace, auth.SecretName);
        if (await FindAsync(secret, token, context.RequestAborted) is not { } keys)
            return (null, new(Outcome.TokensUnavailable, $"Secret \"{secret}\", which spec.clients.auth of federation \"{id}\" names, is not there: make it, with a client's id as key and its token as value", TimeSpan.FromSeconds(5)));
        if (keys.Count == 0)
            return (null, new(Outcome.Unauthorized, $"the token is none of federation \"{id}\": see that it is that of Secret \"{secret}\", without quotes or line ends"));
        if (keys.Contains(ClientsAuthSpec.AnyClient))
            return (null, null);
        var named = await NameAsync(context, target);
        return named is null || keys.Contains(named)
            ? (named ?? keys[0], null)
            : (null, new(Outcome.OtherClient, $"the token is that of client \"{keys[0]}\", and the request is about client \"{named}\": use each client's own token"));
    }

    /// <summary>The client that a request is about; empty where it names none as it must, null where it need not.</summary>
    private static async ValueTask<string?> NameAsync(HttpContext context, FederationTarget target)
    {
        if (target.IsJoin)
            return await JoinBody.ReadIdAsync(context.Request.BodyReader, context.RequestAborted) ?? "";
        if (target.UpdateClient() is { } client)
            return client;
        return context.Request.Query.TryGetValue("client", out var named) ? named.ToString() : null;
    }

    private static string? ReadToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.AsSpan(Scheme.Length).Trim() is { Length: > 0 } token
            ? token.ToString()
            : null;

    /// <summary>Keys of the token; null where there is no Secret.</summary>
    private async Task<IReadOnlyList<string>?> FindAsync(ObjectKey secret, string token, CancellationToken cancel)
    {
        var tokens = await ReadAsync(secret, KeepFor).WaitAsync(cancel);
        if (tokens?.Find(token) is { Count: > 0 } known)
            return known;
        return (await ReadAsync(secret, ReadAgainAfter).WaitAsync(cancel))?.Find(token);
    }

    /// <summary>The tokens, not older than <paramref name="age"/>. Many may ask for one reading.</summary>
    private Task<ClientTokens?> ReadAsync(ObjectKey secret, TimeSpan age)
    {
        var known = _secrets.GetValueOrDefault(secret);
        if (known is { IsValueCreated: true, Value: { IsCompleted: true } read } && IsOlder(read, age))
        {
            var fresh = new Lazy<Task<ClientTokens?>>(() => LoadAsync(secret, read));
            known = _secrets.TryUpdate(secret, fresh, known) ? fresh : _secrets.GetValueOrDefault(secret);
        }
        known ??= _secrets.GetOrAdd(secret, key => new(() => LoadAsync(key, null)));
        return known.Value;
    }

    private bool IsOlder(Task<ClientTokens?> read, TimeSpan age) =>
        read is not { IsCompletedSuccessfully: true, Result: { } tokens } || time.GetElapsedTime(tokens.ReadAt) >= age;

    private async Task<ClientTokens?> LoadAsync(ObjectKey secret, Task<ClientTokens?>? before)
    {
        try
        {
            return await client.GetAsync<V1Secret>(secret.Name, secret.Namespace, CancellationToken.None) is { } found ? new(found, time.GetTimestamp()) : null;
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException && before is { IsCompletedSuccessfully: true, Result: not null })
        {
            // While the API server is away the clients that were known stay so.
            return before.Result;
        }
    }
}
