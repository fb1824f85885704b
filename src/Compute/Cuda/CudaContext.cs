using System.Runtime.CompilerServices;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cuda;

/// <summary>The process's context on a device. It lives as long as anything that was made in it, so that buffers may outlive their accelerator.</summary>
internal sealed unsafe class CudaContext
{
    private readonly Accelerator _accelerator;
    private readonly CudaDevice _device;
    private readonly nint _handle;
    private int _users = 1;

    public CudaContext(Accelerator accelerator, CudaDevice device)
    {
        (_accelerator, _device) = (accelerator, device);
        nint handle = 0;
        Cuda.Check(Cuda.DevicePrimaryCtxRetain(&handle, device.Handle));
        _handle = handle;
    }

    public CudaNative Cuda { get; } = CudaNative.Instance;

    /// <summary>Makes it the calling thread's context, which calls of the driver work in.</summary>
    public CudaContext Enter()
    {
        Check(Cuda.CtxSetCurrent(_handle));
        return this;
    }

    /// <summary>As <see cref="Enter"/>, for what is given back: nothing can be done about a failure, and what fails here has failed before.</summary>
    public CudaNative EnterToRelease()
    {
        _ = Cuda.CtxSetCurrent(_handle);
        return Cuda;
    }

    /// <summary>Notes another user, who calls <see cref="Release"/> once.</summary>
    public CudaContext Retain()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _ = Cuda.DevicePrimaryCtxRelease(_device.Handle);
    }

    /// <summary>Throws where a call failed.</summary>
    /// <exception cref="AcceleratorLostException">A kernel or the device failed, and everything in the context with it.</exception>
    /// <exception cref="CudaException">The driver refused the call.</exception>
    public void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == 0)
            return;
        var failure = Cuda.MakeException(result, call);
        throw IsLoss(result) ? _accelerator.Lose(failure.Message.TrimEnd('.')) : failure;
    }

    /// <summary>Whether an answer means that memory was asked for that is not there.</summary>
    public static bool IsOutOfMemory(int result) => result == 2;

    // cuda.h marks them: "leaves the process in an inconsistent state and any further CUDA work will return the same error".
    private static bool IsLoss(int result) => result is 46 or 214 or 220 or 226 or 700 or 702 or (>= 714 and <= 719) or 721 or 802;
}
