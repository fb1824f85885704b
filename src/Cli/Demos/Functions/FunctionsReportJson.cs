using System.Text.Json.Serialization;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FunctionsReport))]
internal sealed partial class FunctionsReportJson : JsonSerializerContext;
