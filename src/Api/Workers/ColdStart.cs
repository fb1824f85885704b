using System.Text.Json.Serialization;
using Hearth.Api.Meta;

namespace Hearth.Api.Workers;

/// <summary>Where the time of a cold start went, decomposed as in "Serverless Cold Starts and Where to Find Them" (EuroSys 2025).</summary>
public sealed record ColdStart
{
    /// <summary>Whether a pooled worker was claimed or a pod was created.</summary>
    public ColdStartPath Path { get; set; }

    /// <summary>Claiming or creating the pod.</summary>
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan PodAllocation { get; set; }

    /// <summary>Fetching the artifact.</summary>
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan DeployCode { get; set; }

    /// <summary>Opening the runtime and building the session.</summary>
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan DeployDependency { get; set; }

    /// <summary>Queueing and routing around it: the total less the three above.</summary>
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan Scheduling { get; set; }

    /// <summary>From the request that found no worker to the worker being ready for it.</summary>
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan Total { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Time { get; set; }
}
