namespace Hearth.Integration.Tests;

/// <summary>A cluster with a copy of the examples: what an example writes lies beside it, and the copy has nothing of an earlier run.</summary>
public sealed class ExamplesCluster : Cluster
{
    /// <summary>What is the root of the repository to the examples' commands.</summary>
    public string Root => PathOf("repository");

    protected override string Examples => Path.Combine(Root, "examples");

    public override Task InitializeAsync()
    {
        Copy(Path.Combine(Repository, "examples"), Examples);
        return base.InitializeAsync();
    }

    private static void Copy(string from, string to)
    {
        string[] made = ["out", "output", "data", "__pycache__"];
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(from).Where(f => !made.Contains(Path.GetFileName(f))))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
