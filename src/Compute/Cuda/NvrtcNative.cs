using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Hearth.Compute.Cuda;

/// <summary>NVIDIA's compiler for source at run time (nvrtc.h), where the machine has it.</summary>
internal sealed unsafe class NvrtcNative
{
    /// <summary>Environment variable that names the library's file.</summary>
    public const string PathVariable = "HEARTH_NVRTC";

    private static readonly Lazy<NvrtcNative> Loaded = new(Load);

    private readonly delegate* unmanaged<int, byte*> _getErrorString;
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _createProgram;
    private readonly delegate* unmanaged<nint, int, byte**, int> _compileProgram;
    private readonly delegate* unmanaged<nint*, int> _destroyProgram;
    private readonly delegate* unmanaged<nint, nuint*, int> _getLogSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getLog;
    private readonly delegate* unmanaged<nint, nuint*, int> _getCodeSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getCode;
    private readonly delegate* unmanaged<nint, nuint*, int> _getPtxSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getPtx;
    private readonly int[] _architectures;

    private NvrtcNative(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        _getErrorString = (delegate* unmanaged<int, byte*>)Export("nvrtcGetErrorString");
        _createProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)Export("nvrtcCreateProgram");
        _compileProgram = (delegate* unmanaged<nint, int, byte**, int>)Export("nvrtcCompileProgram");
        _destroyProgram = (delegate* unmanaged<nint*, int>)Export("nvrtcDestroyProgram");
        _getLogSize = (delegate* unmanaged<nint, nuint*, int>)Export("nvrtcGetProgramLogSize");
        _getLog = (delegate* unmanaged<nint, byte*, int>)Export("nvrtcGetProgramLog");
        _getCodeSize = (delegate* unmanaged<nint, nuint*, int>)Export("nvrtcGetCUBINSize");
        _getCode = (delegate* unmanaged<nint, byte*, int>)Export("nvrtcGetCUBIN");
        _getPtxSize = (delegate* unmanaged<nint, nuint*, int>)Export("nvrtcGetPTXSize");
        _getPtx = (delegate* unmanaged<nint, byte*, int>)Export("nvrtcGetPTX");
        var (major, minor, count) = (0, 0, 0);
        Check(((delegate* unmanaged<int*, int*, int>)Export("nvrtcVersion"))(&major, &minor));
        Version = $"{major}.{minor}";
        Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetNumSupportedArchs"))(&count));
        _architectures = new int[count];
        fixed (int* architectures = _architectures)
            Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetSupportedArchs"))(architectures));
    }

    /// <summary>The compiler, loaded when first asked for.</summary>
    /// <exception cref="CapabilityNotSupportedException">The machine has none; the message says what brings it.</exception>
    public static NvrtcNative Instance => Loaded.Value;

    /// <summary>Version of the library, for example <c>13.0</c>.</summary>
    public string Version { get; }

    /// <summary>
    /// Compiles for a device: to its own code, or, where the device is younger than the compiler, to the youngest code that the driver can translate for it.
    /// </summary>
    /// <param name="source">CUDA C++ that includes nothing.</param>
    /// <param name="name">What the compiler's messages call it.</param>
    /// <param name="options">Options of the compiler, for example <c>-DTILE=16</c>.</param>
    /// <param name="architecture">Compute capability, for example 90.</param>
    /// <exception cref="CudaException">It does not compile; the message holds the compiler's log.</exception>
    public byte[] Compile(string source, string name, IEnumerable<string> options, int architecture)
    {
        var isKnown = Array.IndexOf(_architectures, architecture) >= 0;
        var target = isKnown ? $"sm_{architecture}" : $"compute_{_architectures.Where(a => a <= architecture).DefaultIfEmpty(_architectures.Min()).Max()}";
        var arguments = options.Append($"--gpu-architecture={target}").Select(Utf8).ToArray();
        nint program = 0;
        fixed (byte* text = Utf8(source), title = Utf8(name))
            Check(_createProgram(&program, text, title, 0, null, null));
        try
        {
            CompileProgram(program, name, arguments);
            return isKnown ? Read(program, _getCodeSize, _getCode) : Read(program, _getPtxSize, _getPtx);
        }
        finally
        {
            _ = _destroyProgram(&program);
        }
    }

    private void CompileProgram(nint program, string name, byte[][] arguments)
    {
        var pins = Array.ConvertAll(arguments, argument => GCHandle.Alloc(argument, GCHandleType.Pinned));
        try
        {
            var addresses = stackalloc byte*[pins.Length];
            for (var i = 0; i < pins.Length; i++)
                addresses[i] = (byte*)pins[i].AddrOfPinnedObject();
            var result = _compileProgram(program, pins.Length, addresses);
            if (result != 0)
                throw new CudaException("nvrtcCompileProgram", result, Describe(result), $"\"{name}\" does not compile: {ReadLog(program)}");
        }
        finally
        {
            Array.ForEach(pins, pin => pin.Free());
        }
    }

    private string ReadLog(nint program) => Encoding.UTF8.GetString(Read(program, _getLogSize, _getLog)).TrimEnd('\0', '\n');

    private byte[] Read(nint program, delegate* unmanaged<nint, nuint*, int> getSize, delegate* unmanaged<nint, byte*, int> get)
    {
        nuint size = 0;
        Check(getSize(program, &size));
        var content = new byte[size];
        fixed (byte* target = content)
            Check(get(program, target));
        return content;
    }

    private string Describe(int result) => Marshal.PtrToStringUTF8((nint)_getErrorString(result)) ?? $"nvrtcResult {result}";

    private void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0)
            throw new CudaException("NVRTC", result, Describe(result), $"in {call}");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private static NvrtcNative Load()
    {
        if (!CudaLibraries.TryLoad("nvrtc", PathVariable, out var library, out var finding))
            throw Missing(finding, null);
        try
        {
            return new NvrtcNative(library);
        }
        catch (EntryPointNotFoundException e)
        {
            throw Missing($"the one found is too old: {e.Message}", e);
        }
    }

    private static CapabilityNotSupportedException Missing(string finding, Exception? inner) => new(
        "NVRTC",
        $"CUDA's kernels cannot be compiled without NVRTC, and {finding}. The CUDA toolkit brings it (Debian: libnvrtc), and so does the Python package "
        + $"nvidia-cuda-nvrtc; or let {PathVariable} name its libnvrtc.so. Until then the NVIDIA driver's OpenCL serves.",
        inner);
}
