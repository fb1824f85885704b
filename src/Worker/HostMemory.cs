namespace Hearth.Worker;

/// <summary>The memory that this process may still take.</summary>
internal static class HostMemory
{
    /// <summary>Bytes between what the process has and the limit of its container, or the machine's memory.</summary>
    public static long Free() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is var limit and > 0 ? Math.Max(0, limit - Environment.WorkingSet) : long.MaxValue;
}
