using System.Collections.Frozen;
using System.Collections.Immutable;
using Hearth.Compute;
using Hearth.Compute.Safetensors;

namespace Hearth.Federation.Models;

/// <summary>The tensors that the model has, and so must every update.</summary>
internal sealed class ModelLayout
{
    // Enough to repair an update by; a hostile one could have as many faults as it has bytes.
    private const int MaxFaults = 32;

    // Another writer of safetensors may order, pad and annotate otherwise than we do.
    private const long SmallestHeaderAllowance = 64 << 10;

    private readonly FrozenSet<string> _names;

    private ModelLayout(ImmutableArray<ModelTensor> tensors, long elementCount, long maxUpdateBytes)
    {
        (Tensors, ElementCount, MaxUpdateBytes) = (tensors, elementCount, maxUpdateBytes);
        _names = tensors.Select(tensor => tensor.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The tensors in the order of their names.</summary>
    public ImmutableArray<ModelTensor> Tensors { get; }

    /// <summary>Elements of all tensors.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes that an update may have.</summary>
    public long MaxUpdateBytes { get; }

    /// <summary>Reads the layout from the model's own weights.</summary>
    /// <exception cref="FormatException">They cannot be averaged.</exception>
    public static ModelLayout Of(SafetensorsHeader model)
    {
        if (model.Tensors.FirstOrDefault(tensor => tensor.Type != DataType.F32) is { } other)
            throw new FormatException($"Tensor \"{other.Name}\" of the initial model is {other.Type}; models of {DataType.F32} tensors can be averaged.");
        if (model.Tensors.All(tensor => tensor.Shape.ElementCount == 0))
            throw new FormatException("The initial model has no weights.");
        var tensors = ImmutableArray.CreateBuilder<ModelTensor>();
        long offset = 0;
        foreach (var tensor in model.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            tensors.Add(new ModelTensor(tensor.Name, tensor.Shape, offset));
            offset += tensor.Shape.ElementCount;
        }
        return new ModelLayout(tensors.ToImmutable(), offset, model.DataLength + Math.Max(SmallestHeaderAllowance, 4 * model.Length));
    }

    /// <summary>How the tensors of an update differ from the model's.</summary>
    public IReadOnlyList<string> FindFaults(SafetensorsHeader update)
    {
        var missing =
            from tensor in Tensors
            let found = update.Find(tensor.Name)
            where found is null || found.Type != DataType.F32 || !found.Shape.Equals(tensor.Shape)
            select found is null
                ? $"tensor \"{tensor.Name}\" is missing, expected {DataType.F32}{tensor.Shape}"
                : $"tensor \"{tensor.Name}\" is {found.Type}{found.Shape}, expected {DataType.F32}{tensor.Shape}";
        var strange = update.Tensors.Where(tensor => !_names.Contains(tensor.Name)).Select(tensor => $"tensor \"{Printable(tensor.Name)}\" belongs to no layer of the model");
        return [.. missing.Concat(strange).Take(MaxFaults)];
    }

    private static string Printable(string name) =>
        string.Concat(name.Take(100).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
}
