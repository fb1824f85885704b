using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>A kind that has one of everything a schema can say, so that each is tried once.</summary>
internal static class Widgets
{
    public static JsonObject Definition { get; } = Objects.Json("""
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": {"name": "widgets.conformance.hearth.dev"},
          "spec": {
            "group": "conformance.hearth.dev", "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets", "shortNames": ["wg"], "categories": ["gadgets"]},
            "versions": [{
              "name": "v1", "served": true, "storage": true,
              "selectableFields": [{"jsonPath": ".spec.color"}],
              "additionalPrinterColumns": [
                {"name": "Color", "type": "string", "jsonPath": ".spec.color"},
                {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
                {"name": "Note", "type": "string", "jsonPath": ".spec.note", "priority": 1},
                {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"},
                {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
              ],
              "subresources": {
                "status": {},
                "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"}
              },
              "schema": {"openAPIV3Schema": {
                "type": "object", "required": ["spec"],
                "properties": {
                  "spec": {
                    "type": "object", "required": ["color"], "description": "What is wanted.",
                    "properties": {
                      "color": {"type": "string", "enum": ["Red", "Green", "Blue"], "description": "Color of the widget."},
                      "size": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100, "default": 1},
                      "big": {"type": "integer", "format": "int64"},
                      "text": {"type": "string", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]*$"},
                      "ratio": {"type": "number", "minimum": 0, "maximum": 1},
                      "enabled": {"type": "boolean"},
                      "when": {"type": "string", "format": "date-time"},
                      "port": {"x-kubernetes-int-or-string": true},
                      "note": {"type": "string", "nullable": true},
                      "tags": {"type": "array", "maxItems": 3, "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                      "steps": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                      "parts": {
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": {
                          "type": "object", "required": ["name"],
                          "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 1}, "image": {"type": "string"}}
                        }
                      },
                      "limits": {"type": "object", "maxProperties": 2, "additionalProperties": {"type": "string"}},
                      "nested": {
                        "type": "object", "default": {},
                        "properties": {"depth": {"type": "integer", "default": 3}, "mode": {"type": "string"}}
                      },
                      "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                      "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": {"type": "string"}},
                      "replicas": {"type": "integer", "format": "int32", "default": 1}
                    }
                  },
                  "status": {
                    "type": "object",
                    "properties": {
                      "replicas": {"type": "integer"}, "selector": {"type": "string"}, "phase": {"type": "string"},
                      "conditions": {
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                        "items": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}, "status": {"type": "string"}}}
                      }
                    }
                  }
                }
              }}
            }]
          }
        }
        """);

    /// <summary>A red widget with further fields, each preceded by a comma.</summary>
    public static JsonObject New(string name, string spec = "", string metadata = "") => Objects.Json(Text(name, $"'color':'Red'{spec}", metadata));

    /// <summary>The text of a widget with exactly this spec.</summary>
    public static string Text(string name, string spec, string metadata = "") =>
        Objects.Quote($$$"""{"apiVersion":"conformance.hearth.dev/v1","kind":"Widget","metadata":{"name":"{{{name}}}"{{{metadata}}}},"spec":{{{{spec}}}}}""");
}
