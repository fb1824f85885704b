using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>ONNX Runtime in this process: the library, its environment and its threads.</summary>
/// <remarks>
/// The environment behind it is one per process and stays to the process's end: the runtime cannot make one while another thread releases
/// the last. So the options and the log of whoever comes first hold for all.
/// </remarks>
internal sealed unsafe partial class OrtEnv : IDisposable
{
    private const int SeverityWarning = 2;
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private static readonly Lock ProcessLock = new();
    private static nint _process;

    private readonly OrtHandle _cpuMemory;

    private OrtEnv(OnnxRuntimeNative native, nint environment)
    {
        Native = native;
        Handle = environment;
        nint allocator;
        native.Check(native.GetAllocatorWithDefaultOptions(&allocator));
        Allocator = allocator;
        nint memory;
        native.Check(native.CreateCpuMemoryInfo(ArenaAllocator, DefaultMemory, &memory));
        _cpuMemory = new OrtHandle(memory, native.ReleaseMemoryInfo, new LiveCount());
    }

    /// <summary>Version of the library.</summary>
    public string Version => Native.Version;

    /// <summary>Sessions, values and the like that were made here and are not released.</summary>
    public LiveCount Live { get; } = new();

    /// <summary>The functions.</summary>
    internal OnnxRuntimeNative Native { get; }

    /// <summary>The environment.</summary>
    internal nint Handle { get; }

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
        lock (ProcessLock)
        {
            if (_process == 0)
                _process = MakeEnvironment(native, options, logger);
            return new OrtEnv(native, _process);
        }
    }

    /// <summary>The same environment with a count of its own.</summary>
    public OrtEnv Fork() => new(Native, Handle);

    /// <inheritdoc/>
    public void Dispose() => _cpuMemory.Dispose();

    /// <summary>Owns a new object, which <paramref name="parent"/>, where given, must outlive.</summary>
    internal OrtHandle Own(nint value, delegate* unmanaged<nint, void> release, OrtHandle? parent = null) => new(value, release, Live, parent);

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

    private static nint MakeEnvironment(OnnxRuntimeNative native, OrtEnvOptions options, ILogger logger)
    {
        nint threading;
        native.Check(native.CreateThreadingOptions(&threading));
        using var threadingOwner = new OrtHandle(threading, native.ReleaseThreadingOptions, new LiveCount());
        native.Check(native.SetGlobalIntraOpNumThreads(threading, options.IntraOpThreads));
        native.Check(native.SetGlobalSpinControl(threading, options.Spin ? 1 : 0));
        // Never freed, as the environment that keeps it never is.
        var loggerHandle = GCHandle.ToIntPtr(GCHandle.Alloc(logger));
        nint environment;
        fixed (byte* logId = "hearth\0"u8)
            native.Check(native.CreateEnvWithCustomLoggerAndGlobalThreadPools(&WriteLog, loggerHandle, SeverityWarning, logId, threading, &environment));
        return environment;
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
