namespace Hearth.Cli.Demos;

/// <summary>Where what demos show lies: beside or above where the command or its program is.</summary>
internal static class DemoFolders
{
    /// <summary>The folder <c>examples</c> of the repository.</summary>
    /// <exception cref="CommandException">It is not there.</exception>
    public static string FindExamples() =>
        TryFindExamples()
        ?? throw new CommandException("the folder \"examples\" of Hearth's repository is not found above the current directory: run the demo there.");

    /// <summary>The folder <c>examples</c> of the repository; null where it is absent.</summary>
    public static string? TryFindExamples()
    {
        foreach (var start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var examples = Path.Combine(folder.FullName, "examples");
                if (File.Exists(Path.Combine(examples, "functions", "digits", "function.yaml")))
                    return examples;
            }
        }
        return null;
    }

    /// <summary>The folder <c>shared/data</c> beside the repository; null where it is absent.</summary>
    public static string? FindSharedData()
    {
        var data = Path.GetFullPath(Path.Combine(FindExamples(), "..", "..", "shared", "data"));
        return Directory.Exists(data) ? data : null;
    }
}
