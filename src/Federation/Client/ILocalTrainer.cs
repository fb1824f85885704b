using Hearth.Federation.Protocol;

namespace Hearth.Federation.Client;

/// <summary>What a client does with a model, on data that stays with it.</summary>
public interface ILocalTrainer
{
    /// <summary>Examples that it trains on.</summary>
    long Examples { get; }

    /// <summary>Trains as a task says.</summary>
    /// <param name="task">The task.</param>
    /// <param name="manifest">The model's description.</param>
    /// <param name="weights">The model's weights, safetensors.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The new weights, safetensors.</returns>
    Task<byte[]> TrainAsync(ClientTask task, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> weights, CancellationToken cancellation);
}
