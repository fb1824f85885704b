using System.Text;
using Hearth.Compute.Kernels;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>Compiles programs, and loads what was compiled.</summary>
internal static unsafe class OpenClProgram
{
    public static bool TryLoad(nint context, OpenClDevice device, byte[] binary, KernelProgram program, out nint handle)
    {
        var deviceHandle = device.Handle;
        var length = (nuint)binary.Length;
        fixed (byte* first = binary)
        {
            int status, code;
            var start = first;
            handle = clCreateProgramWithBinary(context, 1, &deviceHandle, &length, &start, &status, &code);
            if (code != Success)
                return false;
            if (status == Success && clBuildProgram(handle, 1, &deviceHandle, Options(device, program), 0, 0) == Success)
                return true;
            _ = clReleaseProgram(handle);
            return false;
        }
    }

    public static nint Build(OpenClAccelerator accelerator, OpenClDevice device, KernelProgram program, out byte[] binary)
    {
        var deviceHandle = device.Handle;
        var text = Encoding.UTF8.GetBytes(program.Text);
        var length = (nuint)text.Length;
        fixed (byte* first = text)
        {
            int code;
            var start = first;
            var handle = clCreateProgramWithSource(accelerator.Context, 1, &start, &length, &code);
            OpenClErrors.Check(code, accelerator, nameof(clCreateProgramWithSource));
            code = clBuildProgram(handle, 1, &deviceHandle, Options(device, program), 0, 0);
            if (code == Success)
            {
                binary = GetBinary(handle);
                return handle;
            }
            var log = GetLog(handle, device);
            _ = clReleaseProgram(handle);
            throw new InvalidOperationException($"\"{accelerator.Name}\" does not compile \"{program.Key}\" ({OpenClErrors.Describe(code)}): {log}");
        }
    }

    private static string Options(OpenClDevice device, KernelProgram program)
    {
        var options = new StringBuilder("-cl-std=CL1.2");
        if (device.RoundsCorrectly)
            options.Append(" -cl-fp32-correctly-rounded-divide-sqrt");
        foreach (var define in program.Defines)
            options.Append(" -D").Append(define);
        return options.ToString();
    }

    private static byte[] GetBinary(nint program)
    {
        nuint length = 0;
        if (clGetProgramInfo(program, ProgramBinarySizes, (nuint)sizeof(nuint), &length, null) != Success || length == 0)
            return [];
        var binary = new byte[length];
        fixed (byte* first = binary)
        {
            var start = first;
            return clGetProgramInfo(program, ProgramBinaries, (nuint)sizeof(nint), &start, null) == Success ? binary : [];
        }
    }

    private static string GetLog(nint program, OpenClDevice device)
    {
        nuint length = 0;
        _ = clGetProgramBuildInfo(program, device.Handle, ProgramBuildLog, 0, null, &length);
        var log = new byte[length];
        fixed (byte* first = log)
            _ = clGetProgramBuildInfo(program, device.Handle, ProgramBuildLog, length, first, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0').Trim();
    }
}
