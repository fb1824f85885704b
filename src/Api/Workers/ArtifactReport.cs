using System.Globalization;

namespace Hearth.Api.Workers;

/// <summary>
/// What a worker's artifact cache holds; the answer to <c>GET /artifacts</c> on its control port, and the value of
/// <see cref="HearthAnnotations.Artifacts"/> on its pod.
/// </summary>
public sealed record ArtifactReport
{
    /// <summary>Most keys in a report: about a kilobyte of the pod.</summary>
    public const int MaxKeys = 64;

    /// <summary>When the cache was looked at, in milliseconds since 1970 by the worker's clock. The latest of those who share a cache is true.</summary>
    public long Time { get; init; }

    /// <summary><see cref="ArtifactKey"/>s, the most recently used first.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>As text: time and keys, a space between any two.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time} {string.Join(' ', Keys.Take(MaxKeys))}");

    /// <summary>The time in a report's text; 0 where that is none.</summary>
    public static long TimeOf(string? text) =>
        text?.IndexOf(' ', StringComparison.Ordinal) is { } end and > 0
        && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0;

    /// <summary>Whether a report's text names <paramref name="key"/>.</summary>
    public static bool Holds(string? text, string key) => text?.Contains(' ' + key, StringComparison.Ordinal) == true;
}
