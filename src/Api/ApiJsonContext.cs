using System.Text.Json.Serialization;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.Dapr;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Gateways;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;

namespace Hearth.Api;

/// <summary>Source-generated JSON of every wire type.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(KubernetesTimeConverter)])]
[JsonSerializable(typeof(WorkerPool))]
[JsonSerializable(typeof(InferenceFunction))]
[JsonSerializable(typeof(FederatedAggregation))]
[JsonSerializable(typeof(AggregationPlan))]
[JsonSerializable(typeof(TrainingJob))]
[JsonSerializable(typeof(V1Pod))]
[JsonSerializable(typeof(V1Node))]
[JsonSerializable(typeof(V1Namespace))]
[JsonSerializable(typeof(V1Secret))]
[JsonSerializable(typeof(V1ConfigMap))]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(V1ControllerRevision))]
[JsonSerializable(typeof(FunctionRevision))]
[JsonSerializable(typeof(HttpEndpoint))]
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(AssignmentProgress))]
[JsonSerializable(typeof(AssignmentFailure))]
[JsonSerializable(typeof(ColdStart))]
[JsonSerializable(typeof(ArtifactReport))]
[JsonSerializable(typeof(GatewayLoad))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
