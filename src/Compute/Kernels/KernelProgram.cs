using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Hearth.Compute.Kernels;

/// <summary>A source with its specialisation constants.</summary>
/// <param name="File">Name of the embedded source, without its ending.</param>
/// <param name="Defines">Constants as a compiler's options name them: <c>COUNT=4</c>. The order is part of the identity.</param>
internal sealed record KernelProgram(string File, params string[] Defines)
{
    private static readonly ConcurrentDictionary<string, string> Sources = new(StringComparer.Ordinal);

    /// <summary>The program's name in memory and messages.</summary>
    public string Key { get; } = Defines.Length == 0 ? File : $"{File} {string.Join(' ', Defines)}";

    /// <summary>What to compile: the header and the source.</summary>
    public string Text => Sources.GetOrAdd(File, file => $"{Read("hearth.h")}\n{Read($"{file}.cl")}");

    /// <summary>Name of the compiled program on disk, for one device and driver.</summary>
    public string Digest(string device) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\n{Key}\n{Text}")));

    private static string Read(string name)
    {
        using var stream = typeof(KernelProgram).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no kernel source \"{name}\" in {typeof(KernelProgram).Assembly.GetName().Name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
