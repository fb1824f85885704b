using System.Globalization;
using System.Runtime.InteropServices;

namespace Hearth.Compute.Cuda;

/// <summary>A GPU that NVIDIA's driver offers.</summary>
public sealed unsafe class CudaDevice
{
    private readonly CudaNative _cuda;

    private CudaDevice(CudaNative cuda, int ordinal)
    {
        _cuda = cuda;
        Ordinal = ordinal;
        var handle = 0;
        cuda.Check(cuda.DeviceGet(&handle, ordinal));
        Handle = handle;
        Name = ReadName();
        nuint bytes = 0;
        cuda.Check(cuda.DeviceTotalMem(&bytes, handle));
        MemorySize = (long)bytes;
        Architecture = (10 * Read(CudaDeviceAttribute.ComputeCapabilityMajor)) + Read(CudaDeviceAttribute.ComputeCapabilityMinor);
        Multiprocessors = Read(CudaDeviceAttribute.MultiprocessorCount);
        HasMemoryPools = Read(CudaDeviceAttribute.MemoryPoolsSupported) != 0;
        var version = 0;
        cuda.Check(cuda.DriverGetVersion(&version));
        DriverVersion = string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
    }

    /// <summary>Its number among the devices that the process may see.</summary>
    public int Ordinal { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Bytes of memory.</summary>
    public long MemorySize { get; }

    /// <summary>Compute capability without its point: 90 for 9.0.</summary>
    public int Architecture { get; }

    /// <summary>Multiprocessors.</summary>
    public int Multiprocessors { get; }

    /// <summary>Version of CUDA that the driver speaks, for example <c>13.0</c>.</summary>
    public string DriverVersion { get; }

    /// <summary>What the machine lacks to run kernels there; null where it can.</summary>
    public static string? MissingCapability
    {
        get
        {
            try
            {
                _ = NvrtcNative.Instance;
                return null;
            }
            catch (CapabilityNotSupportedException e)
            {
                return e.Message;
            }
        }
    }

    internal int Handle { get; }

    /// <summary>Whether it hands out memory in the order of a stream; without, allocating and freeing wait for the device.</summary>
    internal bool HasMemoryPools { get; }

    /// <summary>All devices, in the driver's order.</summary>
    /// <exception cref="CapabilityNotSupportedException">There is no driver, or no device.</exception>
    public static IReadOnlyList<CudaDevice> GetDevices()
    {
        var cuda = CudaNative.Instance;
        var count = 0;
        cuda.Check(cuda.DeviceGetCount(&count));
        return count > 0
            ? [.. Enumerable.Range(0, count).Select(ordinal => new CudaDevice(cuda, ordinal))]
            : throw new CapabilityNotSupportedException(
                "CUDA", "NVIDIA's driver is there but shows no GPU; does CUDA_VISIBLE_DEVICES hide it, or did the pod ask for none?");
    }

    private int Read(CudaDeviceAttribute attribute)
    {
        var value = 0;
        // What a driver does not know counts as 0.
        _ = _cuda.DeviceGetAttribute(&value, attribute, Handle);
        return value;
    }

    private string ReadName()
    {
        const int MaxLength = 256;
        var name = stackalloc byte[MaxLength];
        _cuda.Check(_cuda.DeviceGetName(name, MaxLength, Handle));
        return Marshal.PtrToStringUTF8((nint)name)!;
    }
}
