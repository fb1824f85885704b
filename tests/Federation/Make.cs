using System.Security.Cryptography;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Storage;
using Hearth.Federation.Updates;

namespace Hearth.Federation.Tests;

/// <summary>What several tests need.</summary>
internal static class Make
{
    public static CpuAccelerator Accelerator { get; } = new(new CpuAcceleratorOptions { Threads = 1 });

    public static FederationOptions Options(int rounds = 2, int min = 2, int max = 4, string uid = "u1", ClientSelection selection = ClientSelection.All) => new()
    {
        Uid = uid,
        Name = "digits",
        Rounds = rounds,
        MinPerRound = min,
        MaxPerRound = max,
        RoundTimeout = TimeSpan.FromSeconds(60),
        Selection = selection,
    };

    public static Task<Aggregator> OpenAsync(IFederationStorage storage, TimeProvider time, FederationOptions? options = null, TinyFormat? format = null) =>
        Aggregator.OpenAsync(options ?? Options(), storage, Accelerator, format ?? new TinyFormat(), time, tree: null, CancellationToken.None);

    public static HostTensor Tensor(TensorShape shape, params ReadOnlySpan<float> values)
    {
        var tensor = HostTensor.Allocate(DataType.F32, shape);
        values.CopyTo(tensor.Buffer.AsSpan<float>());
        return tensor;
    }

    /// <summary>An update of the tiny model.</summary>
    public static byte[] Update(params ReadOnlySpan<float> values) =>
        Tensors(("weight", Tensor(TinyFormat.WeightShape, values[..6])), ("bias", Tensor(TinyFormat.BiasShape, values[6..])));

    /// <summary>An update whose elements are drawn.</summary>
    public static byte[] Update(int seed)
    {
        var random = new Random(seed);
        var values = new float[8];
        foreach (ref var value in values.AsSpan())
            value = (float)((random.NextDouble() * 4) - 2);
        return Update(values);
    }

    public static byte[] Tensors(params (string Name, HostTensor Tensor)[] tensors)
    {
        using var content = new MemoryStream();
        SafetensorsWriter.WriteAsync(content, tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor)).GetAwaiter().GetResult();
        foreach (var (_, tensor) in tensors)
            tensor.Dispose();
        return content.ToArray();
    }

    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static UpdateUpload Upload(int round, string client, byte[] body, long examples = 1) =>
        new(round, client, examples, Digest(body), body.Length, new MemoryStream(body));

    /// <summary>The elements of a tiny model or update, the bias first.</summary>
    public static float[] Values(byte[] content)
    {
        using var tensors = SafetensorsContent.Read(content);
        using var bias = tensors.GetTensor("bias");
        using var weight = tensors.GetTensor("weight");
        return [.. bias.Buffer.AsSpan<float>(), .. weight.Buffer.AsSpan<float>()];
    }

    /// <summary>The average that sums in 64-bit floats in this order give.</summary>
    public static float[] Average(IEnumerable<(byte[] Update, long Examples)> updates)
    {
        var sums = new double[8];
        var total = 0.0;
        foreach (var (update, examples) in updates)
        {
            var values = Values(update);
            for (var i = 0; i < sums.Length; i++)
                sums[i] = Math.FusedMultiplyAdd(examples, values[i], sums[i]);
            total += examples;
        }
        return [.. sums.Select(sum => (float)(sum * (1 / total)))];
    }
}
