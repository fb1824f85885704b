using System.Collections.Concurrent;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <summary>A device that runs the kernels of this folder. A driver supplies memory, programs and launches; what the kernels do is the same for all.</summary>
public abstract class KernelAccelerator : Accelerator
{
    private readonly ConcurrentDictionary<string, Lazy<nint>> _programs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Program, string Name), Lazy<Kernel>> _kernels = new();
    private readonly KernelCache _cache;
    private readonly string _identity;

    /// <param name="type">What drives the device.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="memorySize">Bytes that buffers may hold together.</param>
    /// <param name="identity">What compiled programs depend on: device, driver and compiler with their versions.</param>
    /// <param name="cacheDirectory">Where compiled programs are kept; null for nowhere.</param>
    private protected KernelAccelerator(AcceleratorType type, string name, long memorySize, string identity, string? cacheDirectory)
        : base(type, name, memorySize)
    {
        _identity = identity;
        _cache = new KernelCache(cacheDirectory);
    }

    /// <summary>Groups of a launch at most; those there are take blocks in strides. No result depends on it.</summary>
    internal int MaxGroups { get; set; } = 1 << 20;

    /// <summary>Loads that an item of a kernel bound by memory has under way for each input.</summary>
    internal virtual int LoadsUnderWay => 4;

    /// <inheritdoc/>
    public override void Warm()
    {
        ThrowIfDisposed();
        Parallel.ForEach(KernelStream.CommonKernels(LoadsUnderWay), kernel => GetKernel(kernel.Program, kernel.Name));
    }

    /// <summary>A kernel, compiled when first asked for, or loaded from the cache.</summary>
    internal Kernel GetKernel(KernelProgram program, string name) =>
        _kernels.GetOrAdd(
            (program.Key, name),
            static (key, argument) => new(() => new Kernel(key.Name, argument.Owner.GetKernelHandle(argument.Owner.GetProgram(argument.Program), key.Name))),
            (Owner: this, Program: program)).Value;

    /// <summary>Memory for a kernel's own use, beside the budget.</summary>
    internal MemoryBuffer AllocateScratch(long bytes) => AllocateMemory(bytes, reserved: 0);

    private protected sealed override MemoryBuffer AllocateMemory(long bytes) => AllocateMemory(bytes, bytes);

    /// <summary>Allocates memory, aligned to 64 bytes at least.</summary>
    /// <param name="bytes">How much; may be 0.</param>
    /// <param name="reserved">Bytes of the budget that it holds.</param>
    private protected abstract MemoryBuffer AllocateMemory(long bytes, long reserved);

    /// <summary>Loads what <see cref="BuildProgram"/> gave earlier; false where the driver does not take it any more.</summary>
    private protected abstract bool TryLoadProgram(byte[] binary, KernelProgram program, out nint handle);

    /// <summary>Compiles and loads a program.</summary>
    /// <param name="program">What to compile.</param>
    /// <param name="binary">What to keep on disk; empty for nothing.</param>
    private protected abstract nint BuildProgram(KernelProgram program, out byte[] binary);

    private protected abstract nint GetKernelHandle(nint program, string name);

    private protected abstract void ReleaseKernel(nint kernel);

    private protected abstract void ReleaseProgram(nint program);

    /// <summary>To be called by the driver when the device is disposed.</summary>
    private protected void ReleasePrograms()
    {
        foreach (var kernel in _kernels.Values.Where(kernel => kernel.IsValueCreated))
            ReleaseKernel(kernel.Value.Handle);
        foreach (var program in _programs.Values.Where(program => program.IsValueCreated))
            ReleaseProgram(program.Value);
        _kernels.Clear();
        _programs.Clear();
    }

    private nint GetProgram(KernelProgram program) =>
        _programs.GetOrAdd(program.Key, static (_, argument) => new(() => argument.Owner.LoadProgram(argument.Program)), (Owner: this, Program: program)).Value;

    private nint LoadProgram(KernelProgram program)
    {
        var digest = program.Digest(_identity);
        if (_cache.TryRead(digest) is { } cached && TryLoadProgram(cached, program, out var handle))
            return handle;
        handle = BuildProgram(program, out var binary);
        _cache.Write(digest, binary);
        return handle;
    }
}
