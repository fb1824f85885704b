using System.Globalization;

namespace Hearth.Kubernetes.Client;

/// <summary>Query strings of the calls.</summary>
internal static class ApiQuery
{
    /// <summary>Names the writer, so that the server knows which fields are its own.</summary>
    public static string Write(string fieldManager, bool force = false) => Join(("fieldManager", fieldManager), ("force", force ? "true" : null));

    public static string List(ListOptions options, string? continueToken) => Join(
        ("limit", options.Limit.ToString(CultureInfo.InvariantCulture)),
        ("continue", continueToken),
        ("labelSelector", options.LabelSelector),
        ("fieldSelector", options.FieldSelector));

    public static string Watch(ListOptions options) => Join(
        ("watch", "true"),
        ("allowWatchBookmarks", options.AllowWatchBookmarks ? "true" : null),
        ("resourceVersion", options.ResourceVersion),
        ("timeoutSeconds", options.Timeout is { } timeout ? ((long)Math.Ceiling(timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null),
        ("labelSelector", options.LabelSelector),
        ("fieldSelector", options.FieldSelector));

    private static string Join(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var query = new List<string>(fields.Length);
        foreach (var (name, value) in fields)
        {
            if (!string.IsNullOrEmpty(value))
                query.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        return string.Join('&', query);
    }
}
