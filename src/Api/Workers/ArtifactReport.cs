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

    /// <summary>Most keys of loaded models in a report's text.</summary>
    public const int MaxLoaded = 16;

    private const string LoadedMark = "+";

    /// <summary>When the cache was looked at, in milliseconds since 1970 by the worker's clock. The latest of those who share a cache is true.</summary>
    public long Time { get; init; }

    /// <summary><see cref="ArtifactKey"/>s, the most recently used first.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary><see cref="ArtifactKey"/>s of the models that are loaded in this worker itself and may stay so, the most recently used first.</summary>
    public IReadOnlyList<string> Loaded { get; init; } = [];

    /// <summary>As text: time, the keys of what is loaded with a plus before each, and the keys of the cache, a space between any two.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Time} {string.Join(' ', [.. Loaded.Take(MaxLoaded).Select(key => LoadedMark + key), .. Keys.Take(MaxKeys)])}");

    /// <summary>The time in a report's text; 0 where that is none.</summary>
    public static long TimeOf(string? text) =>
        text?.IndexOf(' ', StringComparison.Ordinal) is { } end and > 0
        && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0;

    /// <summary>Whether a report's text names <paramref name="key"/>.</summary>
    public static bool Holds(string? text, string key) => text?.Contains(' ' + key, StringComparison.Ordinal) == true;

    /// <summary>Whether a report's text says that the model of <paramref name="key"/> is loaded in the worker.</summary>
    public static bool HasLoaded(string? text, string key) => Holds(text, LoadedMark + key);
}
