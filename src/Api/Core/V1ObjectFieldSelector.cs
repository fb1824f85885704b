using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A field of the pod itself, for example <c>status.podIP</c>.</summary>
public sealed record V1ObjectFieldSelector : Extensible
{
    public string FieldPath { get; set; } = "";
}
