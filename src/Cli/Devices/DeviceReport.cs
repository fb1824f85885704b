using Hearth.Compute.Accelerators;
using Hearth.Compute.Devices;

namespace Hearth.Cli.Devices;

/// <summary>What <c>hearth devices</c> says about an accelerator.</summary>
internal sealed record DeviceReport
{
    /// <summary>CPU, OpenCL or Cuda.</summary>
    public required string Type { get; init; }

    /// <summary>Its name; null where there is none of the type.</summary>
    public required string? Name { get; init; }

    /// <summary>Its memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What it can.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Why it cannot be used, and what to do; null where it can.</summary>
    public required string? Missing { get; init; }

    /// <summary>How long its start took; null where it was not started.</summary>
    public DeviceStart? Start { get; init; }

    public static DeviceReport Of(AcceleratorDescription device, bool warm, TimeProvider time) => new()
    {
        Type = device.Type.ToString(),
        Name = device.Name,
        MemoryBytes = device.MemoryBytes,
        Capabilities = device.Capabilities,
        Missing = device.Missing,
        Start = warm && device.Missing is null ? DeviceStart.Measure(ChoiceOf(device.Type), time) : null,
    };

    private static AcceleratorChoice ChoiceOf(AcceleratorType type) => type switch
    {
        AcceleratorType.Cuda => AcceleratorChoice.Cuda,
        AcceleratorType.OpenCL => AcceleratorChoice.OpenCl,
        _ => AcceleratorChoice.Cpu,
    };
}
