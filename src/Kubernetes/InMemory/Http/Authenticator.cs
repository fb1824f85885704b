using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Says who sent a request: the owner of the server's token, or a service account.</summary>
internal sealed class Authenticator(string token, ServiceAccountTokens accounts)
{
    /// <summary>User whose password is the token.</summary>
    public const string UserName = "hearth";

    private const string Bearer = "Bearer ";
    private static readonly Caller Owner = new(UserName, null, ["system:masters", "system:authenticated"]);

    private readonly byte[] _bearer = Encoding.UTF8.GetBytes(Bearer + token);

    // client-go sends no bearer token over plain HTTP, but does send the user and password of the server's URL: see Kubeconfig.
    private readonly byte[] _basic =
        Encoding.UTF8.GetBytes("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{token}")));

    /// <exception cref="StatusException">401: nobody we know.</exception>
    public Caller Identify(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var presented = Encoding.UTF8.GetBytes(authorization);
        if (CryptographicOperations.FixedTimeEquals(presented, _bearer) || CryptographicOperations.FixedTimeEquals(presented, _basic))
            return Owner;
        return authorization.StartsWith(Bearer, StringComparison.Ordinal) && accounts.CallerOf(authorization[Bearer.Length..]) is { } account
            ? account
            : throw Refusal.Unauthorized();
    }

    /// <summary>The answer to a SelfSubjectReview: <c>kubectl auth whoami</c>.</summary>
    public static JsonObject Review(Caller caller)
    {
        var user = new JsonObject { ["username"] = caller.Name, ["groups"] = Json.ToArray(caller.Groups) };
        if (caller.Uid is not null)
            user["uid"] = caller.Uid;
        return new()
        {
            ["kind"] = "SelfSubjectReview",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["status"] = new JsonObject { ["userInfo"] = user },
        };
    }
}
