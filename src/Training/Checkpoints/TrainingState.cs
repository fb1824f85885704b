using System.Globalization;
using System.Text.Json;
using Hearth.Compute;
using Hearth.Compute.Safetensors;

namespace Hearth.Training.Checkpoints;

/// <summary>A copy of everything that a training needs to go on: weights, what the optimizer remembers, and the step.</summary>
/// <remarks>The order of the examples follows from seed and step, so there is no other state of chance to keep.</remarks>
public sealed class TrainingState : IDisposable
{
    internal const string OptimizerPrefix = "optimizer.";
    internal const string FormatKey = "format";
    internal const string Format = "hearth-checkpoint-1";
    internal const string StepKey = "step";
    internal const string IdentityKey = "training";

    private readonly TrainingIdentity _identity;
    private readonly Dictionary<string, HostTensor> _tensors;

    internal TrainingState(long step, TrainingIdentity identity, Dictionary<string, HostTensor> tensors) =>
        (Step, _identity, _tensors) = (step, identity, tensors);

    /// <summary>Steps taken.</summary>
    public long Step { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    /// <summary>Writes it as safetensors.</summary>
    internal Task WriteAsync(Stream target, CancellationToken cancellation) =>
        SafetensorsWriter.WriteAsync(
            target,
            _tensors,
            new Dictionary<string, string>
            {
                [FormatKey] = Format,
                [StepKey] = Step.ToString(CultureInfo.InvariantCulture),
                [IdentityKey] = JsonSerializer.Serialize(_identity, TrainingJsonContext.Compact.TrainingIdentity),
            },
            cancellation);
}
