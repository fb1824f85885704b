using System.Runtime.InteropServices;

namespace Hearth.Compute.Cuda;

/// <summary>Finds the libraries that come with CUDA but not with the driver: NVRTC and cuBLAS.</summary>
/// <remarks>Looked for in the file that an environment variable names, where the loader looks, in the usual folders of CUDA, and in the packages
/// <c>nvidia-*</c> of Python environments, which is where images for machine learning have them.</remarks>
internal static class CudaLibraries
{
    // Newest first: a younger compiler knows the older devices, and a driver takes code of its own and earlier versions.
    private static readonly string[] Versions = [".13", ".12", ".11.2", ".11", ""];

    /// <summary>Loads the first library that is there.</summary>
    /// <param name="name">Its name, for example <c>nvrtc</c>.</param>
    /// <param name="variable">Environment variable that names its file.</param>
    /// <param name="library">The library's handle.</param>
    /// <param name="finding">Why there is none.</param>
    public static bool TryLoad(string name, string variable, out nint library, out string finding)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            finding = $"{variable} names \"{named}\", which is no library that can be loaded";
            return NativeLibrary.TryLoad(named, out library);
        }
        finding = $"there is no lib{name}.so where the loader looks, in /usr/local/cuda or in a Python environment's package nvidia";
        foreach (var version in Versions)
        {
            if (NativeLibrary.TryLoad($"lib{name}.so{version}", out library))
                return true;
        }
        foreach (var path in Versions.SelectMany(version => Folders(name).Select(folder => Path.Combine(folder, $"lib{name}.so{version}"))))
        {
            if (File.Exists(path) && NativeLibrary.TryLoad(path, out library))
                return true;
        }
        library = 0;
        return false;
    }

    private static List<string> Folders(string name)
    {
        var folders = new List<string>();
        string?[] roots = [Environment.GetEnvironmentVariable("CUDA_HOME"), Environment.GetEnvironmentVariable("CUDA_PATH"), "/usr/local/cuda", "/opt/cuda"];
        foreach (var root in roots.OfType<string>().Concat(Children("/usr/local", "cuda-*")))
            folders.AddRange([Path.Combine(root, "lib64"), Path.Combine(root, "lib"), Path.Combine(root, "targets", "x86_64-linux", "lib")]);
        foreach (var python in Environments().SelectMany(environment => Children(Path.Combine(environment, "lib"), "python3*")))
        {
            foreach (var packages in (string[])["site-packages", "dist-packages"])
            {
                var nvidia = Path.Combine(python, packages, "nvidia");
                folders.AddRange([Path.Combine(nvidia, "cu13", "lib"), Path.Combine(nvidia, $"cuda_{name}", "lib"), Path.Combine(nvidia, name, "lib")]);
            }
        }
        return folders;
    }

    /// <summary>Folders that may be Python environments: the one that is active, those of the programs on the path, and the usual ones.</summary>
    private static IEnumerable<string> Environments()
    {
        var active = new[] { Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX") };
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetDirectoryName);
        var local = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local");
        var usual = Children("/opt", "*").SelectMany(folder => (string[])[folder, Path.Combine(folder, ".venv"), Path.Combine(folder, "venv")]);
        return active.Concat(onPath).Append(local).Concat(usual).Append("/usr/local").Append("/usr").OfType<string>().Distinct();
    }

    private static string[] Children(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder, pattern).OrderDescending(StringComparer.Ordinal)] : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
