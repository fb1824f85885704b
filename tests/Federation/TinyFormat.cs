using System.Text;
using Hearth.Compute;
using Hearth.Federation.Models;

namespace Hearth.Federation.Tests;

/// <summary>Models of two tensors, which start with zeros.</summary>
internal sealed class TinyFormat : IModelFormat
{
    public static TensorShape WeightShape { get; } = TensorShape.Of(3, 2);

    public static TensorShape BiasShape { get; } = TensorShape.Of(2);

    public int Created { get; private set; }

    public Task<InitialModel> CreateAsync(CancellationToken cancellation)
    {
        Created++;
        return Task.FromResult(new InitialModel("tiny:-"u8.ToArray(), new Dictionary<string, HostTensor>
        {
            ["weight"] = Make.Tensor(WeightShape, new float[6]),
            ["bias"] = Make.Tensor(BiasShape, new float[2]),
        }));
    }

    public byte[] Describe(ReadOnlyMemory<byte> description, string weightsFile, string sha256) =>
        Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(description.Span).Split(':')[0]}:{weightsFile}");
}
