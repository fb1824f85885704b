using System.Diagnostics.CodeAnalysis;
using System.Text;
using Hearth.Api;
using Hearth.Kubernetes.Controllers;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Invocation;

/// <summary>Reads the target of an invocation: Dapr's header, its basic-auth form, its URL, then Hearth's own URL.</summary>
/// <remarks>Works on the raw target, so that escapes, empty segments and the query reach the function unchanged.</remarks>
internal sealed class TargetParser(string defaultNamespace)
{
    private const string DaprPrefix = "/v1.0/invoke/";
    private const string DaprMethod = "/method";
    private const string FunctionsPrefix = "/functions/";

    /// <summary>Reads the target; false with the refusal otherwise.</summary>
    /// <param name="rawTarget">Request target as it came: a path with query, or an absolute URL.</param>
    /// <param name="headers">Headers of the request; Dapr's app id is removed from them.</param>
    /// <param name="target">The target.</param>
    /// <param name="refusal">Why there is none.</param>
    public bool TryParse(string rawTarget, IHeaderDictionary headers, out InvocationTarget target, [NotNullWhen(false)] out Refusal? refusal)
    {
        var pathAndQuery = OriginForm(rawTarget);
        if (TakeAppId(headers) is { } appId)
            return TryMake(appId, pathAndQuery, out target, out refusal);
        if (pathAndQuery.StartsWith(DaprPrefix, StringComparison.Ordinal))
            return TryParseDapr(pathAndQuery, out target, out refusal);
        if (pathAndQuery.StartsWith(FunctionsPrefix, StringComparison.Ordinal))
            return TryParseFunctions(pathAndQuery, out target, out refusal);
        target = default;
        refusal = new(Outcome.NoTarget, "failed getting app id either from the URL path or the header dapr-app-id");
        return false;
    }

    private bool TryParseDapr(string pathAndQuery, out InvocationTarget target, [NotNullWhen(false)] out Refusal? refusal)
    {
        var path = Path(pathAndQuery);
        var idEnd = IndexOfSlash(path, DaprPrefix.Length);
        var id = pathAndQuery[DaprPrefix.Length..idEnd];
        if (path[idEnd..].StartsWith(DaprMethod + "/"))
            return TryMake(id, pathAndQuery[(idEnd + DaprMethod.Length)..], out target, out refusal);
        target = new(id, default, "");
        refusal = new(Outcome.NoMethod, "the URL names no method: call /v1.0/invoke/<function>/method/<path>");
        return false;
    }

    private static bool TryParseFunctions(string pathAndQuery, out InvocationTarget target, [NotNullWhen(false)] out Refusal? refusal)
    {
        var path = Path(pathAndQuery);
        var nsEnd = IndexOfSlash(path, FunctionsPrefix.Length);
        var nameStart = Math.Min(nsEnd + 1, path.Length);
        var nameEnd = IndexOfSlash(path, nameStart);
        var function = new ObjectKey(pathAndQuery[FunctionsPrefix.Length..nsEnd], pathAndQuery[nameStart..nameEnd]);
        var forFunction = nameEnd < path.Length ? pathAndQuery[nameEnd..] : "/" + pathAndQuery[nameEnd..];
        target = new(function.Name, function, forFunction);
        var valid = function.Namespace.Length > 0 && function.Name.Length > 0;
        refusal = valid ? null : new(Outcome.InvalidTarget, "the URL names no function: call /functions/<namespace>/<function>/<path>");
        return valid;
    }

    private bool TryMake(string id, string pathAndQuery, out InvocationTarget target, [NotNullWhen(false)] out Refusal? refusal)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        var function = dot < 0 ? new ObjectKey(defaultNamespace, id) : new ObjectKey(id[(dot + 1)..], id[..dot]);
        var valid = function.Name.Length > 0 && function.Namespace.Length > 0 && !function.Namespace.Contains('.', StringComparison.Ordinal);
        target = new(id, function, pathAndQuery);
        refusal = valid ? null : new(Outcome.InvalidTarget, $"invalid app id \"{id}\": expected <function> or <function>.<namespace>");
        return valid;
    }

    private static ReadOnlySpan<char> Path(string pathAndQuery)
    {
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? pathAndQuery : pathAndQuery.AsSpan(0, query);
    }

    /// <summary>Where the segment that starts at <paramref name="start"/> ends.</summary>
    private static int IndexOfSlash(ReadOnlySpan<char> path, int start)
    {
        var slash = path[start..].IndexOf('/');
        return slash < 0 ? path.Length : start + slash;
    }

    /// <summary>Path and query of a request target, which may be an absolute URL.</summary>
    public static string OriginForm(string rawTarget)
    {
        if (rawTarget.StartsWith('/'))
            return rawTarget;
        var authority = rawTarget.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : rawTarget.IndexOf('/', authority + 3);
        return path < 0 ? "/" : rawTarget[path..];
    }

    private static string? TakeAppId(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(HearthHeaders.DaprAppId, out var header) && header.Count > 0)
        {
            headers.Remove(HearthHeaders.DaprAppId);
            return header[0] ?? "";
        }
        if (headers.Authorization is [{ } authorization] && BasicAppId(authorization) is { } appId)
        {
            headers.Remove("Authorization");
            return appId;
        }
        return null;
    }

    /// <summary>The app id of <c>http://dapr-app-id:name@host/path</c>, which arrives as basic authentication.</summary>
    private static string? BasicAppId(string authorization)
    {
        const string scheme = "Basic ";
        const string user = HearthHeaders.DaprAppId + ":";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        Span<byte> decoded = stackalloc byte[256];
        if (!Convert.TryFromBase64Chars(authorization.AsSpan(scheme.Length).Trim(), decoded, out var length))
            return null;
        var credentials = Encoding.UTF8.GetString(decoded[..length]);
        return credentials.StartsWith(user, StringComparison.Ordinal) ? credentials[user.Length..] : null;
    }
}
