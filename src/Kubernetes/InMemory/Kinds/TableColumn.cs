using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>A column of <c>kubectl get</c>.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Type">OpenAPI type of the cells: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</param>
/// <param name="Value">Cell of an object at a moment; null prints as <c>&lt;none&gt;</c>.</param>
/// <param name="Priority">0 shows always, 1 and above with <c>-o wide</c>.</param>
/// <param name="Description">Meaning.</param>
internal sealed record TableColumn(
    string Name, string Type, Func<JsonObject, DateTimeOffset, JsonNode?> Value, int Priority = 0, string Description = "");
