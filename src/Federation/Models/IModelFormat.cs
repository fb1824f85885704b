namespace Hearth.Federation.Models;

/// <summary>What a federation need not know of its models: where the first comes from, and how a file beside the weights describes them.</summary>
public interface IModelFormat
{
    /// <summary>Brings the initial model; asked once in a federation's life.</summary>
    Task<InitialModel> CreateAsync(CancellationToken cancellation);

    /// <summary>The description of a model like <paramref name="description"/>'s with other weights. The same arguments give the same bytes.</summary>
    /// <param name="description">Content of a <c>model.json</c>.</param>
    /// <param name="weightsFile">Name of the weights' file beside it.</param>
    /// <param name="sha256">The weights' SHA-256 in lower-case hexadecimal digits.</param>
    byte[] Describe(ReadOnlyMemory<byte> description, string weightsFile, string sha256);
}
