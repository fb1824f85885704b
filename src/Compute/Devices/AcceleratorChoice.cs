namespace Hearth.Compute.Devices;

/// <summary>Which accelerator to work on.</summary>
public enum AcceleratorChoice
{
    /// <summary>The first that can be used of: NVIDIA's first GPU, OpenCL's first GPU, the host's cores.</summary>
    Auto,

    /// <summary>The host's cores.</summary>
    Cpu,

    /// <summary>The first usable device that OpenCL offers, GPUs before others.</summary>
    OpenCl,

    /// <summary>The first GPU that NVIDIA's driver offers.</summary>
    Cuda,
}
