namespace Hearth.Cli.Local;

/// <summary>The kubeconfig of a local cluster: only its owner may read it, and it goes with the cluster.</summary>
internal sealed class KubeconfigFile : IDisposable
{
    private const string FirstLine = "# Written by \"hearth up\"; removed when it ends.";

    private readonly string _text;

    private KubeconfigFile(string path, string text)
    {
        Path = path;
        _text = text;
    }

    /// <summary>Where a cluster's kubeconfig is written when nothing else is asked for.</summary>
    public static string DefaultPath => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".hearth", "kubeconfig");

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Writes a cluster's kubeconfig.</summary>
    /// <exception cref="CommandException">Another kubeconfig is in its place.</exception>
    public static KubeconfigFile Write(string path, string kubeconfig)
    {
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path) && !File.ReadLines(path).Take(1).Contains(FirstLine))
            throw new CommandException($"\"{path}\" is not one of Hearth's files and stays as it is: choose another file with --kubeconfig.");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var text = $"{FirstLine}\n{kubeconfig}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var writer = new StreamWriter(draft, options))
            writer.Write(text);
        File.Move(draft, path, overwrite: true);
        return new(path, text);
    }

    /// <summary>Removes the file, unless another cluster has written its own there since.</summary>
    public void Dispose()
    {
        if (File.Exists(Path) && File.ReadAllText(Path) == _text)
            File.Delete(Path);
    }
}
