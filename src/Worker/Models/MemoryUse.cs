namespace Hearth.Worker.Models;

/// <summary>Memory that models take: nothing else in a worker takes much of it while one is loaded and served.</summary>
/// <param name="Native">Bytes of the native heap in use.</param>
/// <param name="Counted">Bytes that the model's runtime counts itself.</param>
internal readonly record struct MemoryUse(long Native, long Counted)
{
    /// <summary>Now, with the models of <paramref name="runtime"/>.</summary>
    public static MemoryUse Of(IModelRuntime runtime) => new(NativeHeapNative.InUse ?? 0, runtime.MemoryInUse);

    /// <summary>What came since <paramref name="before"/>.</summary>
    public MemoryUse Since(MemoryUse before) => new(Math.Max(0, Native - before.Native), Math.Max(0, Counted - before.Counted));
}
