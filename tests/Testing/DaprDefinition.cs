using System.Text.Json.Nodes;

namespace Hearth.Testing;

/// <summary>As much of Dapr's API as Hearth uses.</summary>
public static class DaprDefinition
{
    /// <summary>The definition of the kind HTTPEndpoint.</summary>
    public static JsonObject HttpEndpoint { get; } = JsonNode.Parse(
        """
        {
          "apiVersion": "apiextensions.k8s.io/v1",
          "kind": "CustomResourceDefinition",
          "metadata": { "name": "httpendpoints.dapr.io" },
          "spec": {
            "group": "dapr.io",
            "scope": "Namespaced",
            "names": { "plural": "httpendpoints", "singular": "httpendpoint", "kind": "HTTPEndpoint", "listKind": "HTTPEndpointList" },
            "versions": [{
              "name": "v1alpha1",
              "served": true,
              "storage": true,
              "schema": { "openAPIV3Schema": { "type": "object", "properties": {
                "spec": { "type": "object", "required": ["baseUrl"], "properties": { "baseUrl": { "type": "string" } } }
              } } }
            }]
          }
        }
        """)!.AsObject();
}
