using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Accounts;

/// <summary>Tokens of service accounts (the <c>token</c> subresource): JSON web tokens of this server, which expire, and end with their account.</summary>
internal sealed class ServiceAccountTokens(ObjectStore store, TimeProvider time)
{
    private const long DefaultSeconds = 3600;
    private const long LeastSeconds = 600;
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Answers a TokenRequest.</summary>
    /// <exception cref="StatusException">404: there is no such account; 422: the time asked for is too short.</exception>
    public JsonObject Issue(string ns, string name, JsonObject request)
    {
        var account = store.Require(BuiltInKinds.ServiceAccount, ns, name);
        var seconds = request["spec"].Integer("expirationSeconds") ?? DefaultSeconds;
        if (seconds < LeastSeconds)
        {
            V1StatusCause fault = Fault.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
            throw Refusal.Invalid(new("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests"), "", [fault]);
        }
        var expires = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        var claims = new JsonObject { ["ns"] = ns, ["name"] = name, ["uid"] = account.Uid, ["exp"] = expires.ToUnixTimeSeconds() };
        var signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.Print()))}";
        return new()
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["creationTimestamp"] = ManagedFields.Stamp(time.GetUtcNow()) },
            ["spec"] = new JsonObject { ["expirationSeconds"] = seconds },
            ["status"] = new JsonObject { ["token"] = $"{signed}.{Sign(signed)}", ["expirationTimestamp"] = ManagedFields.Stamp(expires) },
        };
    }

    /// <summary>The account that a token is of; null when it is none of ours, has expired, or its account is gone.</summary>
    public Caller? CallerOf(string token)
    {
        var dot = token.LastIndexOf('.');
        if (dot < 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token[(dot + 1)..]), Encoding.UTF8.GetBytes(Sign(token[..dot]))))
            return null;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, dot)[(token.IndexOf('.') + 1)..]));
        var (ns, name) = (claims.Text("ns")!, claims.Text("name")!);
        var account = store.Get(BuiltInKinds.ServiceAccount.GroupResource, new(ns, name));
        return account?.Uid == claims.Text("uid") && time.GetUtcNow().ToUnixTimeSeconds() < claims.Integer("exp")
            ? Caller.Account(ns, name, account!.Uid)
            : null;
    }

    private string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
