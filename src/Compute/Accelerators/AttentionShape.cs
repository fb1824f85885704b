namespace Hearth.Compute.Accelerators;

/// <summary>Sizes of an attention. Queries and results are [Heads, Queries, Width], keys and values [Heads, Keys, Width], row-major.</summary>
/// <param name="Heads">Independent attentions: batch times heads.</param>
/// <param name="Queries">Queries of each.</param>
/// <param name="Keys">Keys of each.</param>
/// <param name="Width">Elements of a query, a key and a value.</param>
/// <param name="IsCausal">Whether a query sees no keys behind its own, the last query's being the last key.</param>
/// <param name="Scale">What products of queries and keys are multiplied with; null for 1 / √Width.</param>
public readonly record struct AttentionShape(long Heads, long Queries, long Keys, long Width, bool IsCausal = false, float? Scale = null)
{
    /// <summary>The scale in force.</summary>
    internal float ScaleOrDefault => Scale ?? (float)(1 / Math.Sqrt(Width));

    /// <summary>Keys that a query sees.</summary>
    internal long VisibleKeys(long query) => IsCausal ? Math.Clamp(Keys - Queries + query + 1, 0, Keys) : Keys;
}
