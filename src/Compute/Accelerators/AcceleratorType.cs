namespace Hearth.Compute.Accelerators;

/// <summary>What an accelerator is driven by.</summary>
public enum AcceleratorType
{
    /// <summary>The cores of the host.</summary>
    CPU,

    /// <summary>An OpenCL driver.</summary>
    OpenCL,

    /// <summary>NVIDIA's driver.</summary>
    Cuda,
}
