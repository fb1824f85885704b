using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Federations;

/// <summary>Which federation a client's request is for, which of its aggregators, and what of its URL that one sees.</summary>
/// <param name="Federation">The federation.</param>
/// <param name="Slot">The leaf that the URL names; null where it names none.</param>
/// <param name="PathAndQuery">Path and query for the aggregator, byte for byte as they came.</param>
internal readonly record struct FederationTarget(ObjectKey Federation, string? Slot, string PathAndQuery)
{
    private const string Prefix = "/federations/";
    private const string SlotPrefix = "/aggregators/";
    private const string TaskPath = "/task";
    private const string JoinPath = "/clients";

    // What aggregators say to each other.
    private const string TreePath = "tree";

    /// <summary>Whether the client asks what to do.</summary>
    public bool IsTask => Path.SequenceEqual(TaskPath);

    /// <summary>Whether the client joins.</summary>
    public bool IsJoin => Path.Trim('/').Equals(JoinPath.AsSpan(1), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether it is a path that aggregators alone use, or might become one where dots in it are resolved. The protocol has no such path, and none is passed on.
    /// </summary>
    public bool IsInternal
    {
        get
        {
            var segments = Segments();
            return segments.Any(s => s is "." or "..") || TreePath.Equals(segments.FirstOrDefault(), StringComparison.OrdinalIgnoreCase);
        }
    }

    private ReadOnlySpan<char> Path => PathAndQuery.AsSpan(0, PathAndQuery.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : PathAndQuery.Length);

    /// <summary>
    /// Reads <c>/federations/{namespace}/{name}/{rest}</c> or <c>/federations/{namespace}/{name}/aggregators/{slot}/{rest}</c>; null when it is no such URL.
    /// An empty part makes a name that nothing has.
    /// </summary>
    public static FederationTarget? Read(string pathAndQuery)
    {
        if (!pathAndQuery.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var pathEnd = query < 0 ? pathAndQuery.Length : query;
        var nsEnd = SegmentEnd(pathAndQuery, Prefix.Length, pathEnd);
        var nameStart = Math.Min(nsEnd + 1, pathEnd);
        var nameEnd = SegmentEnd(pathAndQuery, nameStart, pathEnd);
        var key = new ObjectKey(pathAndQuery[Prefix.Length..nsEnd], pathAndQuery[nameStart..nameEnd]);
        if (!pathAndQuery.AsSpan(nameEnd, pathEnd - nameEnd).StartsWith(SlotPrefix, StringComparison.Ordinal))
            return new(key, null, Rooted(pathAndQuery[nameEnd..]));
        var slotEnd = SegmentEnd(pathAndQuery, nameEnd + SlotPrefix.Length, pathEnd);
        return new(key, pathAndQuery[(nameEnd + SlotPrefix.Length)..slotEnd], Rooted(pathAndQuery[slotEnd..]));
    }

    /// <summary>The client that an update's URL names; null where it is no update's.</summary>
    public string? UpdateClient() => Segments() is [var rounds, _, var updates, var client]
        && rounds.Equals("rounds", StringComparison.OrdinalIgnoreCase) && updates.Equals("updates", StringComparison.OrdinalIgnoreCase) ? client : null;

    private string[] Segments() => [.. Path.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];

    private static string Rooted(string rest) => rest.StartsWith('/') ? rest : "/" + rest;

    private static int SegmentEnd(string text, int start, int end)
    {
        var slash = text.IndexOf('/', start, end - start);
        return slash < 0 ? end : slash;
    }
}
