using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>The cores of the host: always there, and the reference for every other accelerator.</summary>
/// <remarks>Work is done by the calling thread and its helpers before a method returns; buffers are memory of the host.</remarks>
public sealed class CpuAccelerator : Accelerator
{
    /// <summary>Starts the threads that compute.</summary>
    public CpuAccelerator(CpuAcceleratorOptions? options = null)
        : this(options ?? new CpuAcceleratorOptions(), options?.UseOpenBlas == false ? null : OpenBlas.Instance)
    {
    }

    private CpuAccelerator(CpuAcceleratorOptions options, OpenBlas? blas)
        : base(AcceleratorType.CPU, $"CPU, {options.Threads} threads{(blas is null ? "" : ", OpenBLAS")}", options.MemorySize)
    {
        Threads = new CpuThreads(options.Threads);
        Blas = blas;
        DefaultStream = new CpuStream(this);
    }

    /// <inheritdoc/>
    public override AcceleratorStream DefaultStream { get; }

    internal CpuThreads Threads { get; }

    internal OpenBlas? Blas { get; }

    /// <inheritdoc/>
    public override AcceleratorStream CreateStream()
    {
        ThrowIfDisposed();
        return new CpuStream(this);
    }

    /// <inheritdoc/>
    public override MemoryBuffer<byte> Import(HostBuffer memory)
    {
        ThrowIfDisposed();
        return new MemoryBuffer<byte>(new CpuMemoryBuffer(this, memory, ownsMemory: false), memory.Length);
    }

    /// <inheritdoc/>
    public override void Synchronize() => ThrowIfDisposed();

    private protected override MemoryBuffer AllocateMemory(long bytes) => new CpuMemoryBuffer(this, HostBuffer.Allocate(bytes), ownsMemory: true);

    private protected override void DisposeDevice()
    {
        DefaultStream.Dispose();
        Threads.Dispose();
    }
}
