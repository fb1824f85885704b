using System.Text.Json.Serialization;
using Hearth.Cli.Demos.Federated;
using Hearth.Cli.Demos.Functions;
using Hearth.Cli.Demos.Training;

namespace Hearth.Cli.Demos;

/// <summary>Source-generated JSON of the reports.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FunctionsReport))]
[JsonSerializable(typeof(TrainingReport))]
[JsonSerializable(typeof(FederatedReport))]
internal sealed partial class DemoReportJson : JsonSerializerContext;
