using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>ONNX Runtime in this process: the library, its environment and its threads.</summary>
/// <remarks>The environment behind it is one per process; a second <see cref="OrtEnv"/> shares it and with it the first one's threads and log.</remarks>
internal sealed unsafe partial class OrtEnv : IDisposable
{
    private const int SeverityWarning = 2;
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private readonly LiveCount _environmentObjects = new();
    private readonly OrtHandle _handle;
    private readonly OrtHandle _cpuMemory;

    private OrtEnv(OnnxRuntimeNative native, OrtHandle handle)
    {
        Native = native;
        _handle = handle;
        nint allocator;
        native.Check(native.GetAllocatorWithDefaultOptions(&allocator));
        Allocator = allocator;
        nint memory;
        native.Check(native.CreateCpuMemoryInfo(ArenaAllocator, DefaultMemory, &memory));
        _cpuMemory = new OrtHandle(memory, native.ReleaseMemoryInfo, _environmentObjects);
    }

    /// <summary>Version of the library.</summary>
    public string Version => Native.Version;

    /// <summary>Sessions, values and the like that were made here and are not released.</summary>
    public LiveCount Live { get; } = new();

    /// <summary>The functions.</summary>
    internal OnnxRuntimeNative Native { get; }

    /// <summary>The environment.</summary>
    internal OrtHandle Handle => _handle;

    /// <summary>The default allocator; owned by the library.</summary>
    internal nint Allocator { get; }

    /// <summary>Names the host's memory.</summary>
    internal nint CpuMemory => _cpuMemory.Value;

    /// <summary>Loads the library and makes the environment.</summary>
    /// <exception cref="Compute.CapabilityNotSupportedException">The library is not there.</exception>
    /// <exception cref="OnnxRuntimeException">The environment cannot be made.</exception>
    public static OrtEnv Open(OrtEnvOptions options, ILogger logger)
    {
        var native = OnnxRuntimeLibrary.Load(options.LibraryPath);
        nint threading;
        native.Check(native.CreateThreadingOptions(&threading));
        using var threadingOwner = new OrtHandle(threading, native.ReleaseThreadingOptions, new LiveCount());
        native.Check(native.SetGlobalIntraOpNumThreads(threading, options.IntraOpThreads));
        native.Check(native.SetGlobalSpinControl(threading, options.Spin ? 1 : 0));
        nint environment;
        // Never freed: the process-wide environment keeps the logger for as long as any part of the process holds it.
        var loggerHandle = GCHandle.ToIntPtr(GCHandle.Alloc(logger));
        fixed (byte* logId = "hearth\0"u8)
            native.Check(native.CreateEnvWithCustomLoggerAndGlobalThreadPools(&WriteLog, loggerHandle, SeverityWarning, logId, threading, &environment));
        var handle = new OrtHandle(environment, native.ReleaseEnv, new LiveCount());
        try
        {
            return new OrtEnv(native, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cpuMemory.Dispose();
        _handle.Dispose();
    }

    /// <summary>Owns a new object that depends on the environment or on <paramref name="parent"/>.</summary>
    internal OrtHandle Own(nint value, delegate* unmanaged<nint, void> release, OrtHandle? parent = null) => new(value, release, Live, parent ?? _handle);

    /// <summary>Reads a string that the default allocator holds, and frees it.</summary>
    internal string TakeString(byte* text)
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)text) ?? "";
        }
        finally
        {
            Native.Check(Native.AllocatorFree(Allocator, text));
        }
    }

    [UnmanagedCallersOnly]
    private static void WriteLog(nint logger, int severity, byte* category, byte* logId, byte* location, byte* message)
    {
        if (GCHandle.FromIntPtr(logger).Target is not ILogger target)
            return;
        var text = Marshal.PtrToStringUTF8((nint)message) ?? "";
        if (severity <= SeverityWarning)
            Log.RuntimeWarned(target, text);
        else
            Log.RuntimeFailed(target, text);
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Warning, "ONNX Runtime: {Message}")]
        public static partial void RuntimeWarned(ILogger logger, string message);

        [LoggerMessage(101, LogLevel.Error, "ONNX Runtime: {Message}")]
        public static partial void RuntimeFailed(ILogger logger, string message);
    }
}
