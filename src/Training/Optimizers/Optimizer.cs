using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>Moves parameters along their gradients, and keeps what it must remember between steps.</summary>
internal abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, MemoryBuffer<float> Buffer)> _state = [];

    /// <summary>What is remembered: a value for each parameter under each name, zero before the first step. A checkpoint keeps all of it.</summary>
    public IEnumerable<(string Name, ArrayView<float> Values)> State => _state.Select(state => (state.Name, state.Buffer.View));

    /// <summary>Takes a step.</summary>
    /// <param name="stream">Where to compute.</param>
    /// <param name="parameters">What moves.</param>
    /// <param name="gradients">The loss's slope there.</param>
    /// <param name="step">Number of the step, from 1.</param>
    public abstract void Step(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> gradients, long step);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, buffer) in _state)
            buffer.Dispose();
    }

    /// <summary>Allocates a value for each parameter, zero, that is part of <see cref="State"/>.</summary>
    protected ArrayView<float> Remember(AcceleratorStream stream, string name, long parameters)
    {
        var buffer = stream.Accelerator.Allocate<float>(parameters);
        _state.Add((name, buffer));
        stream.MemSetToZero(buffer.View);
        return buffer.View;
    }
}
