using Hearth.Compute;

namespace Hearth.Federation.Models;

/// <summary>The model that a federation starts from.</summary>
/// <param name="Description">Content of its <c>model.json</c>; what it says of the weights' file is replaced.</param>
/// <param name="Weights">Its tensors by name.</param>
public sealed record InitialModel(byte[] Description, IReadOnlyDictionary<string, HostTensor> Weights) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Weights.Values)
            tensor.Dispose();
    }
}
