namespace Hearth.Worker.Artifacts;

/// <summary>Says what a refusal of the file system means for the artifact.</summary>
internal static class StorageFailure
{
    // errno values of Linux, which .NET keeps as the HResult.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int Exists = 17;
    private const int NotDirectory = 20;
    private const int ReadOnly = 30;

    /// <summary>The failure that <paramref name="error"/>, met while fetching <paramref name="uri"/>, stands for.</summary>
    public static AssignmentException Explain(Exception error, Uri uri, string cacheDirectory)
    {
        var source = ArtifactUri.Display(uri);
        return error switch
        {
            FileNotFoundException or DirectoryNotFoundException when uri.IsFile => AssignmentException.NotFound(
                $"'{source}' does not exist on the worker. file:// URIs name files of the worker's own file system; mount the volume that holds it, or serve it over http.", error),
            UnauthorizedAccessException when uri.IsFile => AssignmentException.Unavailable(
                $"'{source}' may not be read by the worker's user. Make the file and its directories readable for others.", retriable: false, error),
            IOException { HResult: NoSpace or QuotaExceeded } => AssignmentException.Unavailable(
                $"The disk of the artifact cache '{cacheDirectory}' is full. Make room on the node, or lower artifactCache.sizeLimit of the WorkerPool.", retriable: true, error),
            UnauthorizedAccessException => AssignmentException.Unavailable(
                $"The artifact cache '{cacheDirectory}' may not be written by the worker's user.", retriable: false, error),
            _ => AssignmentException.Unavailable($"'{source}' could not be stored in or read from disk: {error.Message}", retriable: true, error),
        };
    }

    /// <summary>The failure that <paramref name="error"/>, met while opening a folder to write to, stands for.</summary>
    /// <param name="error">What the file system said.</param>
    /// <param name="field">Field of the spec that names the folder.</param>
    /// <param name="folder">The folder.</param>
    public static AssignmentException ExplainFolder(Exception error, string field, string folder)
    {
        const string WhatToDo = "Name a folder on a volume of the pool's template to which the worker's user may write.";
        return error switch
        {
            UnauthorizedAccessException => AssignmentException.OutputUnavailable(
                $"{field}: the folder '{folder}' may not be written by the worker's user. {WhatToDo}", retriable: false, error),
            FileNotFoundException or DirectoryNotFoundException or IOException { HResult: Exists or NotDirectory or ReadOnly } =>
                AssignmentException.OutputUnavailable($"{field}: the folder '{folder}' cannot be made. {WhatToDo}", retriable: false, error),
            _ => AssignmentException.OutputUnavailable($"{field}: the folder '{folder}' cannot be used: {error.Message}", retriable: true, error),
        };
    }
}
