using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Operator.Workers;

/// <summary>What the claim protocol wrote on a worker pod. Text that does not parse counts as absent: it is not worth losing a worker.</summary>
internal static class WorkerClaims
{
    /// <summary>When the worker was claimed or last known to serve; else when the pod was made.</summary>
    public static DateTimeOffset? LastUsed(this V1Pod pod) =>
        DateTimeOffset.TryParse(pod.GetAnnotation(HearthAnnotations.LastUsed), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : pod.Metadata.CreationTimestamp;

    /// <summary>Where the time of the worker's cold start went; null before it is over.</summary>
    public static ColdStart? ColdStart(this V1Pod pod) => Parse(pod, HearthAnnotations.ColdStart, ApiJsonContext.Default.ColdStart);

    /// <summary>Why the worker's assignment failed.</summary>
    public static AssignmentFailure? Failure(this V1Pod pod) => Parse(pod, HearthAnnotations.Failure, ApiJsonContext.Default.AssignmentFailure);

    /// <summary>Whether the worker's process was started again after its cold start, and with that lost its assignment.</summary>
    public static bool LostAssignment(this V1Pod pod) =>
        pod.ColdStart()?.Time is { } ready && pod.Status?.ContainerStatuses?.Any(c =>
            c.State?.Running?.StartedAt > ready || c.LastState?.Terminated?.FinishedAt >= ready || c.State?.Terminated is not null) == true;

    private static T? Parse<T>(V1Pod pod, string annotation, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return pod.GetAnnotation(annotation) is { } text ? JsonSerializer.Deserialize(text, json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
