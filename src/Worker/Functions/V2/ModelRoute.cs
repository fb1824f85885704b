namespace Hearth.Worker.Functions.V2;

/// <summary>A path below <c>/v2/models</c>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version; null for whichever is served.</param>
/// <param name="Action">What is wanted.</param>
internal sealed record ModelRoute(string Model, string? Version, ModelAction Action)
{
    /// <summary>Reads <c>/v2/models/{model}[/versions/{version}][/ready|/infer]</c>; null for any other path.</summary>
    public static ModelRoute? Parse(string path) => path.Trim('/').Split('/') switch
    {
        ["v2", "models", var model] => new(model, null, ModelAction.Metadata),
        ["v2", "models", var model, "versions", var version] => new(model, version, ModelAction.Metadata),
        ["v2", "models", var model, var action] when ActionOf(action) is { } a => new(model, null, a),
        ["v2", "models", var model, "versions", var version, var action] when ActionOf(action) is { } a => new(model, version, a),
        _ => null,
    };

    private static ModelAction? ActionOf(string name) => name switch
    {
        "ready" => ModelAction.Ready,
        "infer" => ModelAction.Infer,
        _ => null,
    };
}
