using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>Where aggregators meet each other on their data ports. The gateway sends no caller there.</summary>
internal static class TreeRoutes
{
    /// <summary>PUT: a leaf's place.</summary>
    public const string Place = "/tree/place";

    /// <summary>GET: the header of the model's safetensors, from the one that leads.</summary>
    public const string Layout = "/tree/layout";

    /// <summary>Bytes of data behind the header that <see cref="Layout"/> answers.</summary>
    public const string DataLength = "Hearth-Data-Length";

    /// <summary>Behind <see cref="Sums"/>: the sum stays in the node's memory, and the answer names its object.</summary>
    public const string AsObject = "?as=object";

    private const string Root = "/tree";

    /// <summary>DELETE: the round is published.</summary>
    public static string Round(int round) => string.Create(CultureInfo.InvariantCulture, $"{Root}/rounds/{round}");

    /// <summary>POST to the one that leads: an update that a leaf holds.</summary>
    public static string Updates(int round) => $"{Round(round)}/updates";

    /// <summary>POST to a member: Σ w·x of updates that lie in its node's memory.</summary>
    public static string Sums(int round) => $"{Round(round)}/sums";

    /// <summary>Whether a request is for these routes.</summary>
    public static bool Has(HttpRequest request) => request.Path.StartsWithSegments(Root, StringComparison.Ordinal);
}
