using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;

namespace Hearth.Policies.Revisions;

/// <summary>How a function's revisions are named, and stored as ControllerRevisions.</summary>
public static class StoredRevision
{
    private const string SpecProperty = "spec";

    /// <summary>Name of the revision of <paramref name="function"/> that has this hash.</summary>
    public static string NameOf(string function, string hash) => $"{function}-{hash}";

    /// <summary>The hash in a revision's name; null when it is no name of a revision of <paramref name="function"/>.</summary>
    public static string? HashOf(string function, string? name) =>
        name is not null && name.Length > function.Length + 1 && name.StartsWith(function, StringComparison.Ordinal) && name[function.Length] == '-'
            ? name[(function.Length + 1)..]
            : null;

    /// <summary>The stored form of the present spec's revision.</summary>
    /// <param name="function">The function, its owner.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="number">Its place in the history.</param>
    public static V1ControllerRevision Make(InferenceFunction function, string hash, long number) => new()
    {
        ApiVersion = V1ControllerRevision.Definition.ApiVersion,
        Kind = V1ControllerRevision.Definition.Kind,
        Metadata = new()
        {
            Name = NameOf(function.Name(), hash),
            Namespace = function.Namespace(),
            Labels = new Dictionary<string, string> { [HearthLabels.Function] = function.Name() },
            OwnerReferences = [function.MakeOwnerReference()],
        },
        Data = Data(FunctionRevision.Of(function.Spec)),
        Revision = number,
    };

    /// <summary>What was stored; null when the data is none of ours.</summary>
    public static FunctionRevision? Read(V1ControllerRevision stored)
    {
        try
        {
            return stored.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(SpecProperty, out var spec)
                ? spec.Deserialize(ApiJsonContext.Default.FunctionRevision)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Data(FunctionRevision revision)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(SpecProperty);
            JsonSerializer.Serialize(writer, revision, ApiJsonContext.Default.FunctionRevision);
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
