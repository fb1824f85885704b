using System.Runtime.InteropServices;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Signals to processes; a negative id means the whole process group. A process that is gone already is no fault.</summary>
internal static partial class Signals
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    public static void Terminate(int id) => _ = Send(id, SigTerm);

    public static void Kill(int id) => _ = Send(id, SigKill);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int id, int signal);
}
