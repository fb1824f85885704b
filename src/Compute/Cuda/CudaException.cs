namespace Hearth.Compute.Cuda;

/// <summary>NVIDIA's driver, or a library of it, refused a call.</summary>
/// <param name="function">The function called.</param>
/// <param name="code">Its answer.</param>
/// <param name="error">The answer's name, for example <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</param>
/// <param name="description">What the library says about it.</param>
public sealed class CudaException(string function, int code, string error, string description)
    : InvalidOperationException($"{function} answered {error}: {description}.")
{
    /// <summary>The function called.</summary>
    public string Function { get; } = function;

    /// <summary>Its answer.</summary>
    public int Code { get; } = code;

    /// <summary>The answer's name.</summary>
    public string Error { get; } = error;
}
