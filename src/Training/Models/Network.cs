using System.Collections.Immutable;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Training.Artifacts;
using Hearth.Training.Layers;

namespace Hearth.Training.Models;

/// <summary>A model with its parameters on an accelerator. They lie in one buffer, so that an optimizer or a sum over workers is one pass.</summary>
public sealed class Network : IDisposable
{
    private readonly MemoryBuffer<float> _values;

    /// <summary>Allocates parameters, whose values are undefined.</summary>
    /// <exception cref="ArgumentException">The model has faults.</exception>
    /// <exception cref="AcceleratorMemoryException">They do not fit.</exception>
    public Network(Accelerator accelerator, ModelSpec model)
    {
        if (model.FindFaults().ToList() is { Count: > 0 } faults)
            throw new ArgumentException($"The model cannot be built: {string.Join("; ", faults)}.", nameof(model));
        Accelerator = accelerator;
        Model = model;
        Layers = [.. model.BuildLayers()];
        Parameters = LayOut(Layers);
        _values = accelerator.Allocate<float>(LengthOf(Parameters));
    }

    /// <summary>Where the parameters are.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>What the network is.</summary>
    public ModelSpec Model { get; }

    /// <summary>What it learns.</summary>
    public ImmutableArray<NetworkParameter> Parameters { get; }

    /// <summary>The values of all parameters, one tensor after another.</summary>
    public ArrayView<float> Values => _values.View;

    internal ImmutableArray<Layer> Layers { get; }

    /// <summary>Draws first values; the same for a seed, whatever the machine.</summary>
    public void Initialize(ulong seed)
    {
        using var stream = Accelerator.CreateStream();
        var random = new SplitMix(seed, SeedPurpose.Parameters);
        for (var i = 0; i < Layers.Length; i++)
        {
            var target = ValuesOf(Values, i);
            // Not on the managed heap, which would keep memory as large as a layer for as long as it has no reason to look.
            using var values = HostBuffer.Allocate(target.Length * sizeof(float));
            Layers[i].Initialize(random, values.AsSpan<float>());
            stream.CopyFromCPU<float>(values.AsSpan<float>(), target);
        }
    }

    /// <summary>Takes the values of all parameters from tensors of their names; other tensors are left alone.</summary>
    /// <exception cref="ModelFormatException">One is missing, or of another type or shape.</exception>
    public void Load(SafetensorsContent tensors, string source)
    {
        if (FindFaults(Parameters, tensors.Header).ToList() is { Count: > 0 } faults)
            throw new ModelFormatException(source, faults);
        using var stream = Accelerator.CreateStream();
        foreach (var parameter in Parameters)
        {
            using var tensor = tensors.GetTensor(parameter.Name);
            stream.CopyFromCPU<float>(tensor.Buffer.AsSpan<float>(), Values.SubView(parameter.Offset, parameter.Shape.ElementCount));
        }
    }

    /// <summary>Copies the values of all parameters to the host, by name; the caller disposes them.</summary>
    public Dictionary<string, HostTensor> ToTensors()
    {
        using var stream = Accelerator.CreateStream();
        var tensors = new Dictionary<string, HostTensor>();
        foreach (var parameter in Parameters)
        {
            var tensor = HostTensor.Allocate(DataType.F32, parameter.Shape);
            tensors.Add(parameter.Name, tensor);
            stream.CopyToCPU(Values.SubView(parameter.Offset, parameter.Shape.ElementCount), tensor.Buffer.AsSpan<float>());
        }
        return tensors;
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    /// <summary>How parameters differ from the tensors that should hold their values.</summary>
    internal static IEnumerable<string> FindFaults(IEnumerable<NetworkParameter> parameters, SafetensorsHeader tensors)
    {
        foreach (var parameter in parameters)
        {
            if (tensors.Find(parameter.Name) is not { } tensor)
                yield return $"tensor \"{parameter.Name}\" is missing, expected {DataType.F32}{parameter.Shape}";
            else if (tensor.Type != DataType.F32 || !tensor.Shape.Equals(parameter.Shape))
                yield return $"tensor \"{parameter.Name}\" is {tensor.Type}{tensor.Shape}, expected {DataType.F32}{parameter.Shape}";
        }
    }

    /// <summary>Gives every parameter of the layers its name and place.</summary>
    internal static ImmutableArray<NetworkParameter> LayOut(IEnumerable<Layer> layers)
    {
        var parameters = ImmutableArray.CreateBuilder<NetworkParameter>();
        long offset = 0;
        foreach (var (index, layer) in layers.Index())
        {
            foreach (var parameter in layer.Parameters)
            {
                parameters.Add(new NetworkParameter($"{index}.{parameter.Name}", parameter.Shape, offset));
                offset = checked(offset + parameter.Shape.ElementCount);
            }
        }
        return parameters.ToImmutable();
    }

    /// <summary>The part of a buffer, laid out like <see cref="Values"/>, that belongs to a layer.</summary>
    internal ArrayView<float> ValuesOf(ArrayView<float> all, int layer)
    {
        long before = 0;
        for (var i = 0; i < layer; i++)
            before += LengthOf(Layers[i]);
        return all.SubView(before, LengthOf(Layers[layer]));
    }

    private static long LengthOf(Layer layer) => layer.Parameters.Sum(parameter => parameter.Shape.ElementCount);

    private static long LengthOf(ImmutableArray<NetworkParameter> parameters) =>
        parameters.IsEmpty ? 0 : parameters[^1].Offset + parameters[^1].Shape.ElementCount;
}
