namespace Hearth.Compute.Kernels;

/// <summary>A kernel as a driver knows it.</summary>
/// <param name="Name">Its name in the source.</param>
/// <param name="Handle">Its handle. Where the driver keeps arguments in the kernel, launches lock the object.</param>
internal sealed record Kernel(string Name, nint Handle);
