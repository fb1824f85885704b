using System.Text.Json.Serialization;

namespace Hearth.Cli.Devices;

/// <summary>Source-generated JSON of <c>hearth devices --output json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(List<DeviceReport>))]
internal sealed partial class DeviceReportJson : JsonSerializerContext;
