using System.Collections.Concurrent;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Kernels;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>A device driven through OpenCL 1.2. Queues run in order.</summary>
public sealed unsafe class OpenClAccelerator : KernelAccelerator
{
    private const nint ContextPlatform = 0x1084;

    // What mapped memory of the host is rounded to: a cache line.
    private const int HostAlignment = 64;

    private readonly ConcurrentDictionary<OpenClStream, bool> _streams = new();
    private readonly OpenClDevice _device;

    /// <summary>Opens a device.</summary>
    /// <exception cref="CapabilityNotSupportedException">The device lacks what the kernels need.</exception>
    public OpenClAccelerator(OpenClDevice device, OpenClAcceleratorOptions? options = null)
        : base(
            AcceleratorType.OpenCL, $"{device.Name} ({device.PlatformName}, OpenCL)", options?.MemorySize ?? device.MemorySize, device.Identity,
            (options ?? new OpenClAcceleratorOptions()).CacheDirectory)
    {
        if (device.MissingCapability is { } missing)
            throw new CapabilityNotSupportedException("OpenCL", $"\"{Name}\" cannot run the kernels: {missing}. Use another device.");
        _device = device;
        var properties = stackalloc nint[] { ContextPlatform, device.Platform, 0 };
        var handle = device.Handle;
        int code;
        Context = clCreateContext(properties, 1, &handle, 0, 0, &code);
        OpenClErrors.Check(code, null, nameof(clCreateContext));
        DefaultStream = CreateStream();
    }

    /// <inheritdoc/>
    public override AcceleratorStream DefaultStream { get; }

    internal nint Context { get; }

    // Cores fetch ahead by themselves; unrolled code takes its compiler four times as long.
    internal override int LoadsUnderWay => _device.IsCpu ? 1 : base.LoadsUnderWay;

    /// <inheritdoc/>
    public override AcceleratorStream CreateStream()
    {
        ThrowIfDisposed();
        int code;
        var queue = clCreateCommandQueue(Context, _device.Handle, QueueProfilingEnable, &code);
        OpenClErrors.Check(code, this, nameof(clCreateCommandQueue));
        var stream = new OpenClStream(this, queue);
        _streams[stream] = true;
        return stream;
    }

    /// <inheritdoc/>
    public override MemoryBuffer<byte> Import(HostBuffer memory)
    {
        ThrowIfDisposed();
        if (!_device.SharesHostMemory)
            return CopyOf(memory);
        // Memory of the host begins anywhere, that of a device at aligned places: the buffer begins a little earlier.
        var skipped = memory.Address % HostAlignment;
        int code;
        var handle = clCreateBuffer(
            Context, MemReadOnly | MemUseHostPtr, (nuint)(skipped + Math.Max(memory.Length, 1)), (void*)(memory.Address - skipped), &code);
        OpenClErrors.Check(code, this, nameof(clCreateBuffer));
        return new MemoryBuffer<byte>(new OpenClMemoryBuffer(this, handle, skipped + memory.Length, 0), memory.Length, skipped);
    }

    /// <inheritdoc/>
    public override HostBuffer AllocatePageLocked(long bytes)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return OpenClPageLockedMemory.Allocate(this, ((OpenClStream)DefaultStream).Queue, bytes);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ThrowIfDisposed();
        foreach (var stream in _streams.Keys)
            stream.Synchronize();
    }

    internal void Forget(OpenClStream stream) => _streams.TryRemove(stream, out _);

    private protected override MemoryBuffer AllocateMemory(long bytes, long reserved)
    {
        int code;
        // One byte at least: OpenCL has no empty buffers.
        var handle = clCreateBuffer(Context, MemReadWrite, (nuint)Math.Max(bytes, 1), null, &code);
        if (OpenClErrors.IsOutOfMemory(code))
            throw new AcceleratorMemoryException(Name, bytes, MemoryInUse - reserved, MemorySize, OpenClErrors.Reason(code, nameof(clCreateBuffer)));
        OpenClErrors.Check(code, this, nameof(clCreateBuffer));
        return new OpenClMemoryBuffer(this, handle, bytes, reserved);
    }

    private protected override bool TryLoadProgram(byte[] binary, KernelProgram program, out nint handle) =>
        OpenClProgram.TryLoad(Context, _device, binary, program, out handle);

    private protected override nint BuildProgram(KernelProgram program, out byte[] binary) =>
        OpenClProgram.Build(this, _device, program, out binary);

    private protected override nint GetKernelHandle(nint program, string name)
    {
        int code;
        var kernel = clCreateKernel(program, name, &code);
        OpenClErrors.Check(code, this, $"{nameof(clCreateKernel)}(\"{name}\")");
        return kernel;
    }

    private protected override void ReleaseKernel(nint kernel) => _ = clReleaseKernel(kernel);

    private protected override void ReleaseProgram(nint program) => _ = clReleaseProgram(program);

    private protected override void DisposeDevice()
    {
        DefaultStream.Dispose();
        ReleasePrograms();
        _ = clReleaseContext(Context);
    }

    private MemoryBuffer<byte> CopyOf(HostBuffer memory)
    {
        var copy = Allocate<byte>(memory.Length);
        try
        {
            // Blocking, so that it may share the queue with another thread's work.
            if (memory.Length > 0)
            {
                OpenClErrors.Check(
                    clEnqueueWriteBuffer(
                        ((OpenClStream)DefaultStream).Queue, copy.View.Buffer!.NativePtr, 1, 0, (nuint)memory.Length, (void*)memory.Address, 0, null, null),
                    this);
            }
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }
}
