using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Schemas;

namespace Hearth.Kubernetes.Tests.InMemory.Schemas;

public sealed class SchemaTests
{
    private static readonly JsonObject Schema = Objects.Function.Schema!;

    [Theory]
    [InlineData("""{"spec":{"scale":{"max":5000}}}""", "spec.scale.max", "Invalid value: 5000: spec.scale.max in body should be less than or equal to 1000")]
    [InlineData("""{"spec":{"scale":{"min":-1}}}""", "spec.scale.min", "Invalid value: -1: spec.scale.min in body should be greater than or equal to 0")]
    [InlineData("""{"spec":{"scale":{"min":"1"}}}""", "spec.scale.min", "Invalid value: \"string\": spec.scale.min in body must be of type integer: \"string\"")]
    [InlineData("""{"spec":{"scale":{"min":1.5}}}""", "spec.scale.min", "Invalid value: \"number\": spec.scale.min in body must be of type integer: \"number\"")]
    [InlineData("""{"spec":{"scale":[]}}""", "spec.scale", "Invalid value: \"array\": spec.scale in body must be of type object: \"array\"")]
    [InlineData("""{"spec":{"suspend":null}}""", "spec.suspend", "Invalid value: \"null\": spec.suspend in body must be of type boolean: \"null\"")]
    [InlineData("""{"spec":{"model":{}}}""", "spec.model.uri", "Required value")]
    [InlineData("""{"spec":{"model":{"uri":"file:///x","format":"Tf"}}}""", "spec.model.format", "Unsupported value: \"Tf\": supported values: \"Onnx\", \"Hearth\"")]
    [InlineData("""{"spec":{"pool":""}}""", "spec.pool", "Invalid value: \"\": spec.pool in body should be at least 1 chars long")]
    [InlineData("""{"spec":{"model":{"uri":"ftp://x"}}}""", "spec.model.uri", "Invalid value: \"ftp://x\": spec.model.uri in body should match '^(file:///|https?://|s3://[^/]+/|pvc://[^/]+/).+$'")]
    [InlineData("""{"spec":{"timeout":"1s\n"}}""", "spec.timeout", "Invalid value: \"1s\\n\": spec.timeout in body should match '^([0-9]+(\\.[0-9]+)?(h|ms|us|m|s))+$'")]
    [InlineData("{}", "spec", "Required value")]
    public void Validate_Fault_IsNamedInTheWordsOfKubernetes(string entity, string field, string message)
    {
        var cause = Assert.Single(SchemaValidator.Validate(Objects.Json(entity), Schema));

        Assert.Equal((field, message), (cause.Field, cause.Message));
    }

    [Fact]
    public void Validate_SeveralFaults_AreAllNamed()
    {
        var faults = SchemaValidator.Validate(
            Objects.Json("""{"spec":{"scale":{"min":-1,"max":0},"triggers":[{"path":1}],"pool":7}}"""), Schema);

        Assert.Equal(["spec.scale.min", "spec.scale.max", "spec.triggers[0].path", "spec.pool"], faults.Select(f => f.Field));
    }

    [Fact]
    public void Validate_TooLongAndTooMany_AreCounted()
    {
        var triggers = new JsonArray([.. Enumerable.Range(0, 17).Select(_ => (JsonNode)new JsonObject())]);
        var entity = new JsonObject { ["spec"] = new JsonObject { ["pool"] = new string('a', 64), ["triggers"] = triggers } };

        var faults = SchemaValidator.Validate(entity, Schema);

        Assert.Equal(["Too long: may not be more than 63 bytes", "Too many: 17: must have at most 16 items"], faults.Select(f => f.Message));
    }

    [Fact]
    public void Validate_TwoConditionsOfOneType_AreRefused()
    {
        var entity = Objects.Json("""{"spec":{},"status":{"conditions":[{"type":"Ready","status":"True","reason":"R"},{"type":"Ready","status":"False","reason":"R"}]}}""");

        var cause = Assert.Single(SchemaValidator.Validate(entity, Schema));

        Assert.Equal(("status.conditions[1]", "FieldValueDuplicate"), (cause.Field, cause.Reason));
    }

    [Fact]
    public void Apply_Defaults_FillWhatIsAbsentAtEveryDepth()
    {
        var entity = Objects.Json("""{"spec":{"model":{"uri":"file:///x"},"scale":{"max":3,"keepAlive":{"policy":"Histogram"}},"triggers":[{}],"pool":null}}""");

        SchemaDefaults.Apply(entity, Schema);

        var expected = Objects.Json("""
            {
              "spec": {
                "model": {"uri": "file:///x", "format": "Onnx"},
                "scale": {"max": 3, "min": 0, "keepAlive": {"policy": "Histogram", "duration": "1m"}},
                "triggers": [{"path": "/"}],
                "pool": "default", "concurrency": 0, "timeout": "1m", "revisionHistoryLimit": 10, "suspend": false
              }
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, entity), entity.ToJsonString());
    }

    [Fact]
    public void Prune_UnknownFields_AreRemovedAndNamed()
    {
        var entity = Objects.Json("""{"apiVersion":"x","metadata":{"foo":1},"extra":1,"spec":{"foo":1,"triggers":[{"bar":1}],"container":{"image":"i","env":[{"any":{"thing":1}}]}}}""");

        var pruned = SchemaPruner.Prune(entity, Schema);

        Assert.Equal(["extra", "spec.foo", "spec.triggers[0].bar"], pruned);
        Assert.Equal("""{"apiVersion":"x","metadata":{"foo":1},"spec":{"triggers":[{}],"container":{"image":"i","env":[{"any":{"thing":1}}]}}}""", entity.ToJsonString());
    }
}
