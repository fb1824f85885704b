using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hearth.Compute.Cuda;

/// <summary>The functions of NVIDIA's driver API that Hearth calls (cuda.h). They answer a CUresult: zero, or what <see cref="Check"/> throws.</summary>
/// <remarks><c>nint</c> stands for a handle, <c>ulong</c> for an address on the device. A suffix such as <c>_v2</c> belongs to the ABI: the plain
/// name is an older function of other parameters.</remarks>
internal sealed unsafe class CudaNative
{
    private const string FileName = "libcuda.so.1";

    private static readonly Lazy<CudaNative> Loaded = new(Load);

    private CudaNative(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        Init = (delegate* unmanaged<uint, int>)Export("cuInit");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorString");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Export("cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Export("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Export("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Export("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, CudaDeviceAttribute, int, int>)Export("cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Export("cuDeviceTotalMem_v2");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)Export("cuDevicePrimaryCtxRelease_v2");
        CtxSetCurrent = (delegate* unmanaged<nint, int>)Export("cuCtxSetCurrent");
        CtxSynchronize = (delegate* unmanaged<int>)Export("cuCtxSynchronize");
        DeviceGetDefaultMemPool = (delegate* unmanaged<nint*, int, int>)Export("cuDeviceGetDefaultMemPool");
        MemPoolSetAttribute = (delegate* unmanaged<nint, int, void*, int>)Export("cuMemPoolSetAttribute");
        MemPoolTrimTo = (delegate* unmanaged<nint, nuint, int>)Export("cuMemPoolTrimTo");
        MemAlloc = (delegate* unmanaged<ulong*, nuint, int>)Export("cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<ulong, int>)Export("cuMemFree_v2");
        MemAllocAsync = (delegate* unmanaged<ulong*, nuint, nint, int>)Export("cuMemAllocAsync");
        MemFreeAsync = (delegate* unmanaged<ulong, nint, int>)Export("cuMemFreeAsync");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)Export("cuMemGetInfo_v2");
        MemHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)Export("cuMemHostAlloc");
        MemFreeHost = (delegate* unmanaged<void*, int>)Export("cuMemFreeHost");
        MemcpyHtoDAsync = (delegate* unmanaged<ulong, void*, nuint, nint, int>)Export("cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, ulong, nuint, nint, int>)Export("cuMemcpyDtoHAsync_v2");
        MemcpyDtoDAsync = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)Export("cuMemcpyDtoDAsync_v2");
        MemsetD8Async = (delegate* unmanaged<ulong, byte, nuint, nint, int>)Export("cuMemsetD8Async");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)Export("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)Export("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Export("cuStreamSynchronize");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Export("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)Export("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Export("cuEventRecord");
        EventSynchronize = (delegate* unmanaged<nint, int>)Export("cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Export("cuEventElapsedTime");
        ModuleLoadData = (delegate* unmanaged<nint*, void*, int>)Export("cuModuleLoadData");
        ModuleUnload = (delegate* unmanaged<nint, int>)Export("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Export("cuModuleGetFunction");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Export("cuLaunchKernel");
    }

    /// <summary>The driver, initialised when first asked for.</summary>
    /// <exception cref="CapabilityNotSupportedException">There is no driver, or no device that it could drive; the message says what to do.</exception>
    public static CudaNative Instance => Loaded.Value;

    public delegate* unmanaged<uint, int> Init { get; }
    public delegate* unmanaged<int, byte**, int> GetErrorName { get; }
    public delegate* unmanaged<int, byte**, int> GetErrorString { get; }
    public delegate* unmanaged<int*, int> DriverGetVersion { get; }
    public delegate* unmanaged<int*, int> DeviceGetCount { get; }
    public delegate* unmanaged<int*, int, int> DeviceGet { get; }
    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; }
    public delegate* unmanaged<int*, CudaDeviceAttribute, int, int> DeviceGetAttribute { get; }
    public delegate* unmanaged<nuint*, int, int> DeviceTotalMem { get; }
    public delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain { get; }
    public delegate* unmanaged<int, int> DevicePrimaryCtxRelease { get; }
    public delegate* unmanaged<nint, int> CtxSetCurrent { get; }
    public delegate* unmanaged<int> CtxSynchronize { get; }
    public delegate* unmanaged<nint*, int, int> DeviceGetDefaultMemPool { get; }
    public delegate* unmanaged<nint, int, void*, int> MemPoolSetAttribute { get; }
    public delegate* unmanaged<nint, nuint, int> MemPoolTrimTo { get; }
    public delegate* unmanaged<ulong*, nuint, int> MemAlloc { get; }
    public delegate* unmanaged<ulong, int> MemFree { get; }
    public delegate* unmanaged<ulong*, nuint, nint, int> MemAllocAsync { get; }
    public delegate* unmanaged<ulong, nint, int> MemFreeAsync { get; }
    public delegate* unmanaged<nuint*, nuint*, int> MemGetInfo { get; }
    public delegate* unmanaged<void**, nuint, uint, int> MemHostAlloc { get; }
    public delegate* unmanaged<void*, int> MemFreeHost { get; }
    public delegate* unmanaged<ulong, void*, nuint, nint, int> MemcpyHtoDAsync { get; }
    public delegate* unmanaged<void*, ulong, nuint, nint, int> MemcpyDtoHAsync { get; }
    public delegate* unmanaged<ulong, ulong, nuint, nint, int> MemcpyDtoDAsync { get; }
    public delegate* unmanaged<ulong, byte, nuint, nint, int> MemsetD8Async { get; }
    public delegate* unmanaged<nint*, uint, int> StreamCreate { get; }
    public delegate* unmanaged<nint, int> StreamDestroy { get; }
    public delegate* unmanaged<nint, int> StreamSynchronize { get; }
    public delegate* unmanaged<nint*, uint, int> EventCreate { get; }
    public delegate* unmanaged<nint, int> EventDestroy { get; }
    public delegate* unmanaged<nint, nint, int> EventRecord { get; }
    public delegate* unmanaged<nint, int> EventSynchronize { get; }
    public delegate* unmanaged<float*, nint, nint, int> EventElapsedTime { get; }
    public delegate* unmanaged<nint*, void*, int> ModuleLoadData { get; }
    public delegate* unmanaged<nint, int> ModuleUnload { get; }
    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; }
    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; }

    /// <summary>Throws where a call did not succeed.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0)
            throw MakeException(result, call);
    }

    /// <summary>What to throw for a call that did not succeed.</summary>
    public CudaException MakeException(int result, string call)
    {
        byte* name = null;
        byte* text = null;
        _ = GetErrorName(result, &name);
        _ = GetErrorString(result, &text);
        var function = call.IndexOf('(', StringComparison.Ordinal) is > 0 and var end ? call[..end] : call;
        return new CudaException(
            $"cu{function[(function.LastIndexOf('.') + 1)..]}",
            result,
            Marshal.PtrToStringUTF8((nint)name) ?? $"CUresult {result}",
            Marshal.PtrToStringUTF8((nint)text) ?? "the driver says nothing more");
    }

    private static CudaNative Load()
    {
        if (!NativeLibrary.TryLoad(FileName, out var library))
        {
            throw new CapabilityNotSupportedException(
                "CUDA",
                $"NVIDIA's driver was not found: there is no {FileName} where the loader looks. The driver of the GPU brings it (Debian: libcuda1); "
                + "in a container the NVIDIA runtime mounts it where the pod asks for a GPU.");
        }
        try
        {
            var cuda = new CudaNative(library);
            cuda.Check(cuda.Init(0));
            return cuda;
        }
        catch (EntryPointNotFoundException e)
        {
            throw new CapabilityNotSupportedException("CUDA", $"{FileName} is too old, CUDA 11.2 or later is needed: {e.Message}", e);
        }
        catch (CudaException e)
        {
            throw new CapabilityNotSupportedException("CUDA", $"NVIDIA's driver is there but could not start: {e.Message}", e);
        }
    }
}
