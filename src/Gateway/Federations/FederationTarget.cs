using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Federations;

/// <summary>Which federation a client's request is for, and what of its URL the aggregator sees.</summary>
/// <param name="Federation">The federation.</param>
/// <param name="PathAndQuery">Path and query for the aggregator, byte for byte as they came.</param>
internal readonly record struct FederationTarget(ObjectKey Federation, string PathAndQuery)
{
    private const string Prefix = "/federations/";
    private const string TaskPath = "/task";

    /// <summary>Whether the client asks what to do.</summary>
    public bool IsTask => PathAndQuery == TaskPath || PathAndQuery.StartsWith(TaskPath + "?", StringComparison.Ordinal);

    /// <summary>Reads <c>/federations/{namespace}/{name}/{rest}</c>; null when it is no such URL. An empty part makes a name that nothing has.</summary>
    public static FederationTarget? Read(string pathAndQuery)
    {
        if (!pathAndQuery.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var pathEnd = query < 0 ? pathAndQuery.Length : query;
        var nsEnd = SegmentEnd(pathAndQuery, Prefix.Length, pathEnd);
        var nameStart = Math.Min(nsEnd + 1, pathEnd);
        var nameEnd = SegmentEnd(pathAndQuery, nameStart, pathEnd);
        var rest = nameEnd < pathEnd ? pathAndQuery[nameEnd..] : "/" + pathAndQuery[nameEnd..];
        return new(new(pathAndQuery[Prefix.Length..nsEnd], pathAndQuery[nameStart..nameEnd]), rest);
    }

    private static int SegmentEnd(string text, int start, int end)
    {
        var slash = text.IndexOf('/', start, end - start);
        return slash < 0 ? end : slash;
    }
}
