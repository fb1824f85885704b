namespace Hearth.Testing;

/// <summary>Real inputs that lie beside the repository, in <c>shared/data</c>, and are not part of it.</summary>
public static class SharedData
{
    /// <summary>The folder; null where it is absent.</summary>
    public static string? Root { get; } = Find();

    /// <summary>A file in it, named from its root.</summary>
    public static string PathOf(string name) =>
        Path.Combine(Root ?? throw new DirectoryNotFoundException("There is no folder shared/data beside the repository."), name);

    private static string? Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Operator.sln")))
            directory = directory.Parent;
        var data = directory?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "data") : null;
        return Directory.Exists(data) ? data : null;
    }
}
