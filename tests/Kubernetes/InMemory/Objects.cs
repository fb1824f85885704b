using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>Objects of tests, written as JSON.</summary>
internal static class Objects
{
    /// <summary>InferenceFunction as its generated definition describes it.</summary>
    public static ResourceKind Function { get; } = CustomKind.Read(Definition("inferencefunctions.hearth.dev"));

    public static JsonObject Definition(string name) => CrdManifests.Definitions.Single(d => d["metadata"]!["name"]!.ToString() == name);

    public static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A function that satisfies its schema.</summary>
    public static JsonObject NewFunction(string name) => Json($$"""
        {
          "apiVersion": "hearth.dev/v1alpha1", "kind": "InferenceFunction", "metadata": {"name": "{{name}}"},
          "spec": { "model": { "uri": "file:///models/digits.onnx" } }
        }
        """);

    /// <summary>A pod of one container.</summary>
    public static JsonObject NewPod(string name) => Json($$"""
        {
          "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{name}}"},
          "spec": {"containers": [{"name": "main", "image": "worker"}]}
        }
        """);

    /// <summary>A config map with one entry.</summary>
    public static JsonObject NewConfigMap(string name, string value = "1") => Json($$"""
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{name}}"}, "data": { "key": "{{value}}" } }
        """);
}
