using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Events;

/// <summary>Writes core/v1 events. The same event within ten minutes raises the count of the one there is, so that a loop cannot flood etcd.</summary>
internal sealed partial class EventRecorder(IKubernetesClient client, string component, string instance, TimeProvider time, ILogger log)
{
    private const int MostRemembered = 4096;

    // A name has at most 253 characters; the rest is for what makes it unique.
    private const int LongestNamePrefix = 230;
    private static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(10);

    // An event is not worth more of a reconcile's time than this.
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly Dictionary<EventKey, RecordedEvent> _recent = [];
    private long _number;

    /// <summary>An <see cref="Controllers.EventPublisher"/>.</summary>
    public async Task PublishAsync(IKubernetesObject entity, string reason, string message, bool warning, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(GiveUpAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            await WriteAsync(entity, new EventKey(entity.Uid(), entity.Namespace(), entity.Name(), reason, message, warning), either.Token);
        }
        catch (Exception e)
        {
            if (!cancel.IsCancellationRequested)
                Log.Dropped(log, reason, entity.Kind, entity.Namespace(), entity.Name(), e.Message);
        }
    }

    private async Task WriteAsync(IKubernetesObject entity, EventKey key, CancellationToken cancel)
    {
        if (Again(key) is { } recorded && await TryCountAsync(recorded, cancel))
            return;
        var now = time.GetUtcNow();
        var created = await client.CreateAsync(NewEvent(entity, key, now), cancel);
        Remember(key, new RecordedEvent(created.Name(), created.Namespace(), 1, now));
    }

    private RecordedEvent? Again(EventKey key)
    {
        lock (_lock)
        {
            if (!_recent.TryGetValue(key, out var recorded) || time.GetUtcNow() - recorded.LastSeen > SameWithin)
                return null;
            return _recent[key] = recorded with { Count = recorded.Count + 1, LastSeen = time.GetUtcNow() };
        }
    }

    private void Remember(EventKey key, RecordedEvent recorded)
    {
        lock (_lock)
        {
            if (_recent.Count >= MostRemembered)
            {
                foreach (var old in _recent.Where(r => recorded.LastSeen - r.Value.LastSeen > SameWithin).Select(r => r.Key).ToList())
                    _recent.Remove(old);
                if (_recent.Count >= MostRemembered)
                    _recent.Clear();
            }

            _recent[key] = recorded;
        }
    }

    /// <summary>Raises the count of an event; false when the server has forgotten it (it keeps events for an hour).</summary>
    private async Task<bool> TryCountAsync(RecordedEvent recorded, CancellationToken cancel)
    {
        var patch = new JsonObject
        {
            ["count"] = recorded.Count,
            ["lastTimestamp"] = recorded.LastSeen.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        try
        {
            await client.PatchAsync<Corev1Event>(recorded.Name, recorded.Namespace, new V1Patch(patch), cancel: cancel);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private Corev1Event NewEvent(IKubernetesObject entity, EventKey key, DateTimeOffset now)
    {
        var ns = key.Namespace.Length == 0 ? "default" : key.Namespace;
        var prefix = key.Name.Length <= LongestNamePrefix ? key.Name : key.Name[..LongestNamePrefix];
        var unique = (now.UtcTicks + Interlocked.Increment(ref _number)).ToString("x", CultureInfo.InvariantCulture);
        return new Corev1Event
        {
            Metadata = new V1ObjectMeta { Name = $"{prefix}.{unique}", Namespace = ns },
            InvolvedObject = new V1ObjectReference
            {
                ApiVersion = entity.ApiVersion,
                Kind = entity.Kind,
                Namespace = entity.Metadata.Namespace,
                Name = key.Name,
                Uid = entity.Metadata.Uid,
                ResourceVersion = entity.Metadata.ResourceVersion,
            },
            Reason = key.Reason,
            Message = key.Message,
            Type = key.Warning ? "Warning" : "Normal",
            Source = new V1EventSource { Component = component },
            ReportingComponent = component,
            ReportingInstance = instance,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(70, LogLevel.Warning, "The event {Reason} on {Kind} \"{Namespace}/{Name}\" was dropped: {Error}")]
        public static partial void Dropped(ILogger log, string reason, string? kind, string @namespace, string name, string error);
    }
}
