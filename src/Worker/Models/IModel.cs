using Hearth.Compute;

namespace Hearth.Worker.Models;

/// <summary>A model, loaded. Runs may overlap.</summary>
internal interface IModel : IDisposable
{
    /// <summary>What it is, in the Open Inference Protocol's words: framework and format.</summary>
    string Platform { get; }

    /// <summary>What it takes and answers.</summary>
    ModelSignature Signature { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">One tensor for each of <see cref="ModelSignature.Inputs"/>, in order; only read.</param>
    /// <param name="outputs">Indices into <see cref="ModelSignature.Outputs"/> of what to answer, each once.</param>
    /// <param name="cancellation">Stops the run where it can.</param>
    /// <returns>One tensor for each index; the caller disposes them.</returns>
    /// <exception cref="ModelRunException">It refused the inputs or failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    HostTensor[] Run(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation);
}
