using System.Text.Json.Serialization;

namespace Hearth.Cli.Demos.Federated;

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FederatedReport))]
internal sealed partial class FederatedReportJson : JsonSerializerContext;
