using System.Text;
using Hearth.Compute.Kernels;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>A device that an OpenCL driver offers.</summary>
public sealed unsafe class OpenClDevice
{
    private OpenClDevice(nint platform, nint handle)
    {
        Platform = platform;
        Handle = handle;
        Name = Text(DeviceName);
        PlatformName = PlatformText(platform, OpenClNative.PlatformName);
        DriverVersion = Text(OpenClNative.DriverVersion);
        MemorySize = (long)Math.Min(Number<ulong>(DeviceGlobalMemSize), long.MaxValue);
        ComputeUnits = (int)Number<uint>(DeviceMaxComputeUnits);
        IsCpu = (Number<ulong>(DeviceType) & DeviceTypeCpu) != 0;
        SharesHostMemory = Number<uint>(DeviceHostUnifiedMemory) != 0;
        RoundsCorrectly = (Number<ulong>(DeviceSingleFpConfig) & CorrectlyRoundedDivideSqrt) != 0;
        MissingCapability = FindMissingCapability();
        Identity = string.Join('\n', PlatformName, PlatformText(platform, PlatformVersion), Name, Text(DeviceVersion), DriverVersion);
    }

    /// <summary>The device's name.</summary>
    public string Name { get; }

    /// <summary>Name of the driver, for example <c>NVIDIA CUDA</c>.</summary>
    public string PlatformName { get; }

    /// <summary>The driver's version.</summary>
    public string DriverVersion { get; }

    /// <summary>Bytes of memory.</summary>
    public long MemorySize { get; }

    /// <summary>Cores or multiprocessors.</summary>
    public int ComputeUnits { get; }

    /// <summary>Whether it is made of the host's cores.</summary>
    public bool IsCpu { get; }

    /// <summary>Whether its memory is the host's.</summary>
    public bool SharesHostMemory { get; }

    /// <summary>What it lacks to run the kernels; null where it can.</summary>
    public string? MissingCapability { get; }

    internal nint Platform { get; }

    internal nint Handle { get; }

    /// <summary>Whether division and roots can be had correctly rounded.</summary>
    internal bool RoundsCorrectly { get; }

    /// <summary>What compiled programs depend on.</summary>
    internal string Identity { get; }

    /// <summary>All devices of all drivers: GPUs first, the host's cores last.</summary>
    /// <exception cref="CapabilityNotSupportedException">There is no OpenCL library, no driver, or no device.</exception>
    public static IReadOnlyList<OpenClDevice> GetDevices()
    {
        try
        {
            var devices = new List<OpenClDevice>();
            foreach (var platform in GetPlatforms())
                devices.AddRange(GetHandles(platform).Select(handle => new OpenClDevice(platform, handle)));
            return devices.Count > 0 ? [.. devices.OrderBy(device => device.IsCpu)] : throw Lacking("its drivers offer no device");
        }
        catch (DllNotFoundException e)
        {
            throw Lacking($"{Library} is not on the library path", e);
        }
    }

    private static CapabilityNotSupportedException Lacking(string what, Exception? innerException = null) => new(
        "OpenCL",
        $"OpenCL cannot be used: {what}. Debian: apt-get install ocl-icd-libopencl1 and a driver, for example pocl-opencl-icd for the host's cores.",
        innerException);

    private static nint[] GetPlatforms()
    {
        uint count = 0;
        var code = clGetPlatformIDs(0, null, &count);
        if (code == PlatformNotFoundKhr || (code == Success && count == 0))
            throw Lacking("no driver is registered in /etc/OpenCL/vendors");
        OpenClErrors.Check(code, null, nameof(clGetPlatformIDs));
        var platforms = new nint[count];
        fixed (nint* first = platforms)
            OpenClErrors.Check(clGetPlatformIDs(count, first, null), null);
        return platforms;
    }

    private static nint[] GetHandles(nint platform)
    {
        uint count = 0;
        // A driver without a device, or one that fails, must not hide the others.
        if (clGetDeviceIDs(platform, DeviceTypeAll, 0, null, &count) != Success || count == 0)
            return [];
        var handles = new nint[count];
        fixed (nint* first = handles)
            return clGetDeviceIDs(platform, DeviceTypeAll, count, first, null) == Success ? handles : [];
    }

    private string? FindMissingCapability()
    {
        if (Number<uint>(DeviceAvailable) == 0)
            return "it is not available";
        if (Number<uint>(DeviceCompilerAvailable) == 0)
            return "its driver has no compiler";
        if (Number<ulong>(DeviceDoubleFpConfig) == 0)
            return "it has no 64-bit floats (cl_khr_fp64), in which sums are kept";
        return Number<nuint>(DeviceMaxWorkGroupSize) < KernelStream.GroupSize
            ? $"its work-groups have fewer than {KernelStream.GroupSize} items"
            : null;
    }

    private T Number<T>(uint name)
        where T : unmanaged
    {
        T value = default;
        // What a driver does not know counts as 0.
        _ = clGetDeviceInfo(Handle, name, (nuint)sizeof(T), &value, null);
        return value;
    }

    private string Text(uint name)
    {
        nuint length = 0;
        OpenClErrors.Check(clGetDeviceInfo(Handle, name, 0, null, &length), null);
        var bytes = new byte[length];
        fixed (byte* first = bytes)
            OpenClErrors.Check(clGetDeviceInfo(Handle, name, length, first, null), null);
        return Decode(bytes);
    }

    private static string PlatformText(nint platform, uint name)
    {
        nuint length = 0;
        OpenClErrors.Check(clGetPlatformInfo(platform, name, 0, null, &length), null);
        var bytes = new byte[length];
        fixed (byte* first = bytes)
            OpenClErrors.Check(clGetPlatformInfo(platform, name, length, first, null), null);
        return Decode(bytes);
    }

    private static string Decode(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
}
