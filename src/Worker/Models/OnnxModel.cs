using Hearth.Compute;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Models;

/// <summary>A model that ONNX Runtime runs.</summary>
internal sealed class OnnxModel(InferenceSession session) : IModel
{
    /// <inheritdoc/>
    public string Platform => "onnx_onnxv1";

    /// <inheritdoc/>
    public ModelSignature Signature => session.Signature;

    /// <inheritdoc/>
    public HostTensor[] Run(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        try
        {
            return session.Run(inputs, outputs, cancellation);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelRunException(e.Message, e.Code == OrtErrorCode.InvalidArgument, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
