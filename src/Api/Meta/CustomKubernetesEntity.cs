namespace Hearth.Api.Meta;

/// <summary>Base of Hearth's own kinds: the user owns <see cref="Spec"/>, the operator owns <see cref="Status"/>.</summary>
public abstract record CustomKubernetesEntity<TSpec, TStatus> : KubernetesObject
    where TSpec : class, new()
    where TStatus : class, new()
{
    /// <summary>What the user wants. Never written by Hearth.</summary>
    public TSpec Spec { get; set; } = new();

    /// <summary>What is. Written by the operator alone, through the status subresource.</summary>
    public TStatus? Status { get; set; }
}
