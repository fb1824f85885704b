using Hearth.Compute.Accelerators;
using Hearth.Compute.Kernels;

namespace Hearth.Compute.Cuda;

/// <summary>A GPU driven through NVIDIA's driver; NVRTC compiles the kernels, cuBLAS multiplies matrices where the machine has it.</summary>
public sealed unsafe class CudaAccelerator : KernelAccelerator
{
    // The stream that waits for all others and that all others wait for: memory is handed out and taken back in the order of everything queued.
    private const nint LegacyStream = 1;
    private const int PoolReleaseThreshold = 4;

    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private readonly nint _pool;

    /// <summary>Opens a device.</summary>
    /// <exception cref="CapabilityNotSupportedException">NVRTC is missing; the message says what brings it.</exception>
    /// <exception cref="CudaException">The driver refused, for example because another process has the device for itself.</exception>
    public CudaAccelerator(CudaDevice device, CudaAcceleratorOptions? options = null)
        : this(device, options ?? new CudaAcceleratorOptions(), options?.UseCublas == false ? null : CublasNative.Instance)
    {
    }

    private CudaAccelerator(CudaDevice device, CudaAcceleratorOptions options, CublasNative? cublas)
        : base(
            AcceleratorType.Cuda, $"{device.Name} (CUDA {device.DriverVersion}{(cublas is null ? "" : ", cuBLAS")})", options.MemorySize ?? device.MemorySize,
            $"CUDA {device.DriverVersion}, compute capability {device.Architecture}, NVRTC {NvrtcNative.Instance.Version}", options.CacheDirectory)
    {
        _device = device;
        Cublas = cublas;
        _context = new CudaContext(this, device);
        _context.Enter();
        if (device.HasMemoryPools)
            _pool = OpenPool();
        DefaultStream = CreateStream();
    }

    /// <inheritdoc/>
    public override AcceleratorStream DefaultStream { get; }

    internal CublasNative? Cublas { get; }

    /// <inheritdoc/>
    public override AcceleratorStream CreateStream()
    {
        ThrowIfDisposed();
        return new CudaStream(this, _context);
    }

    /// <inheritdoc/>
    public override MemoryBuffer<byte> Import(HostBuffer memory)
    {
        // Over the bus, every kernel that reads it would pay what one copy costs.
        var copy = Allocate<byte>(memory.Length);
        try
        {
            if (memory.Length > 0)
            {
                _context.Enter();
                var target = (ulong)copy.View.Buffer!.NativePtr;
                _context.Check(_context.Cuda.MemcpyHtoDAsync(target, (void*)memory.Address, (nuint)memory.Length, LegacyStream));
                _context.Check(_context.Cuda.StreamSynchronize(LegacyStream));
            }
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override HostBuffer AllocatePageLocked(long bytes)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return CudaPageLockedMemory.Allocate(this, _context, bytes);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ThrowIfDisposed();
        _context.Enter().Check(_context.Cuda.CtxSynchronize());
    }

    /// <summary>Gives memory back once everything queued before is done.</summary>
    internal void Free(ulong address)
    {
        var cuda = _context.EnterToRelease();
        _ = _device.HasMemoryPools ? cuda.MemFreeAsync(address, LegacyStream) : cuda.MemFree(address);
        _context.Release();
    }

    private protected override MemoryBuffer AllocateMemory(long bytes, long reserved)
    {
        ulong address = 0;
        // One byte at least: CUDA has no empty memory.
        var size = (nuint)Math.Max(bytes, 1);
        var cuda = _context.Enter().Cuda;
        var result = _device.HasMemoryPools ? cuda.MemAllocAsync(&address, size, LegacyStream) : cuda.MemAlloc(&address, size);
        if (CudaContext.IsOutOfMemory(result))
            throw new AcceleratorMemoryException(Name, bytes, MemoryInUse - reserved, MemorySize);
        _context.Check(result, _device.HasMemoryPools ? nameof(cuda.MemAllocAsync) : nameof(cuda.MemAlloc));
        _context.Retain();
        return new CudaMemoryBuffer(this, address, bytes, reserved);
    }

    private protected override bool TryLoadProgram(byte[] binary, KernelProgram program, out nint handle)
    {
        nint module = 0;
        fixed (byte* image = binary)
        {
            var isLoaded = _context.Enter().Cuda.ModuleLoadData(&module, image) == 0;
            handle = module;
            return isLoaded;
        }
    }

    private protected override nint BuildProgram(KernelProgram program, out byte[] binary)
    {
        // A fused product and sum rounds once; kernels say themselves where they want that, so that devices agree.
        var options = program.Defines.Select(define => $"-D{define}").Append("--fmad=false");
        binary = NvrtcNative.Instance.Compile(program.Text, program.Key, options, _device.Architecture);
        nint module = 0;
        fixed (byte* image = binary)
            _context.Enter().Check(_context.Cuda.ModuleLoadData(&module, image));
        return module;
    }

    private protected override nint GetKernelHandle(nint program, string name)
    {
        nint function = 0;
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes($"{name}\0"))
            _context.Enter().Check(_context.Cuda.ModuleGetFunction(&function, program, text));
        return function;
    }

    private protected override void ReleaseKernel(nint kernel)
    {
        // Belongs to its program.
    }

    private protected override void ReleaseProgram(nint program) => _ = _context.Cuda.ModuleUnload(program);

    private protected override void DisposeDevice()
    {
        DefaultStream.Dispose();
        _ = _context.EnterToRelease().CtxSynchronize();
        ReleasePrograms();
        if (_pool != 0)
            _ = _context.Cuda.MemPoolTrimTo(_pool, 0);
        _context.Release();
    }

    /// <summary>Lets the driver keep what is freed: what a round needed, the next one needs again.</summary>
    private nint OpenPool()
    {
        nint pool = 0;
        var all = ulong.MaxValue;
        _context.Check(_context.Cuda.DeviceGetDefaultMemPool(&pool, _device.Handle));
        _context.Check(_context.Cuda.MemPoolSetAttribute(pool, PoolReleaseThreshold, &all));
        return pool;
    }
}
