using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.OpenCl;

/// <summary>Turns OpenCL's codes into exceptions.</summary>
internal static class OpenClErrors
{
    /// <summary>Throws where a call failed.</summary>
    /// <param name="code">What it returned.</param>
    /// <param name="accelerator">Where; null while there is none yet.</param>
    /// <param name="call">The call.</param>
    public static void Check(int code, Accelerator? accelerator, [CallerArgumentExpression(nameof(code))] string call = "")
    {
        if (code != OpenClNative.Success)
            Throw(code, accelerator, call);
    }

    /// <summary>Whether memory was asked for that the device does not have.</summary>
    public static bool IsOutOfMemory(int code) => code is -4 or -5 or -6 or -61;

    public static string Reason(int code, string function) => $"{function} returned {code} ({Describe(code)})";

    public static string Describe(int code) => code switch
    {
        -1 => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        -4 => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        -5 => "CL_OUT_OF_RESOURCES",
        -6 => "CL_OUT_OF_HOST_MEMORY",
        -11 => "CL_BUILD_PROGRAM_FAILURE",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -30 => "CL_INVALID_VALUE",
        -36 => "CL_INVALID_COMMAND_QUEUE",
        -42 => "CL_INVALID_BINARY",
        -46 => "CL_INVALID_KERNEL_NAME",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -61 => "CL_INVALID_BUFFER_SIZE",
        -1001 => "CL_PLATFORM_NOT_FOUND_KHR",
        -9999 => "an illegal access to memory, in NVIDIA's words",
        _ => "an OpenCL error",
    };

    [DoesNotReturn]
    private static void Throw(int code, Accelerator? accelerator, string call)
    {
        var reason = Reason(code, call.Split('(')[0].Split('.')[^1]);
        // NVIDIA's driver reports a kernel's fault as out of resources or as an invalid queue, to whatever call comes next.
        throw accelerator is not null && code is -2 or -5 or -14 or -36 or -9999
            ? accelerator.Lose(reason)
            : new InvalidOperationException($"{reason}{(accelerator is null ? "" : $" on \"{accelerator.Name}\"")}.");
    }
}
