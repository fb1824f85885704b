using System.Numerics.Tensors;
using Hearth.Compute;
using Hearth.Worker.Models;

namespace Hearth.Worker.Functions.Batching;

/// <summary>Which models take several requests in one run. Pure.</summary>
internal static class BatchRules
{
    // Another number of rows may take another path through a matrix product, which sums in another order; what is no rounding is far larger.
    private const double Tolerance = 1e-3;

    /// <summary>Why the model cannot take several requests in one run; null when nothing speaks against it.</summary>
    public static string? FindFault(ModelSignature model)
    {
        if (model.Inputs.IsEmpty)
            return "it has no input";
        var name = "";
        foreach (var (kind, tensor) in model.Inputs.Select(input => ("input", input)).Concat(model.Outputs.Select(output => ("output", output))))
        {
            if (tensor.Dimensions.IsEmpty || tensor.Dimensions[0] >= 0)
                return $"{kind} '{tensor.Name}' is {TensorShape.Format(tensor.Dimensions.AsSpan())}: its first dimension must be one that a request chooses (-1)";
            if (tensor.SymbolicDimensions is not [{ Length: > 0 } symbol, ..])
                continue;
            if (name.Length > 0 && name != symbol)
                return $"the first dimension of {kind} '{tensor.Name}' is '{symbol}', that of another '{name}': they must be the same";
            name = symbol;
        }
        return null;
    }

    /// <summary>Whether two answers are the same but for the order in which floating-point sums were taken.</summary>
    public static bool AreSame(HostTensor a, HostTensor b)
    {
        if (a.Type != b.Type || !a.Shape.Equals(b.Shape) || a.Buffer.Length != b.Buffer.Length)
            return false;
        if (a.Buffer.AsSpan().SequenceEqual(b.Buffer.AsSpan()))
            return true;
        return a.Type switch
        {
            DataType.F32 => AreClose<float>(a, b),
            DataType.F64 => AreClose<double>(a, b),
            DataType.F16 => AreClose<Half>(a, b),
            _ => false,
        };
    }

    private static bool AreClose<T>(HostTensor a, HostTensor b)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var left = a.Buffer.AsSpan<T>();
        var right = b.Buffer.AsSpan<T>();
        var scale = Math.Max(double.CreateChecked(T.Abs(TensorPrimitives.MaxMagnitude<T>(left))), double.Epsilon);
        for (var i = 0; i < left.Length; i++)
        {
            if (T.IsNaN(left[i]) != T.IsNaN(right[i]) || Math.Abs(double.CreateChecked(left[i]) - double.CreateChecked(right[i])) > Tolerance * scale)
                return false;
        }
        return true;
    }
}
