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

    private const string MakeRoom = "Make room on the node, lower artifactCache.sizeLimit of the pools that use it, or name a larger disk in artifactCache.hostPath.";

    /// <summary>Nothing that could be evicted makes enough room on the disk.</summary>
    public static AssignmentException NoRoom(string cacheDirectory, long needed, long free) => AssignmentException.Unavailable(
        $"The artifact has {needed} bytes, the disk of the artifact cache '{cacheDirectory}' has {free} left, with all that is not in use evicted. {MakeRoom}", retriable: true);

    /// <summary>The failure that <paramref name="error"/>, met while fetching <paramref name="uri"/>, stands for.</summary>
    public static AssignmentException Explain(Exception error, Uri uri, string cacheDirectory)
    {
        var source = ArtifactUri.Display(uri);
        var isInPlace = uri.IsFile || uri.Scheme == ArtifactUri.Claim;
        return error switch
        {
            FileNotFoundException or DirectoryNotFoundException when uri.Scheme == ArtifactUri.Claim => AssignmentException.NotFound(
                $"'{source}' does not exist: the claim is mounted, but has no such file. Check the path, which begins at the claim's root.", error),
            FileNotFoundException or DirectoryNotFoundException when isInPlace => AssignmentException.NotFound(
                $"'{source}' does not exist on the worker. file:// URIs name files of the worker's own file system; mount the volume that holds it, or serve it over http.", error),
            UnauthorizedAccessException when isInPlace => AssignmentException.Unavailable(
                $"'{source}' may not be read by the worker's user. Make the file and its directories readable for others.", retriable: false, error),
            IOException { HResult: NoSpace or QuotaExceeded } => AssignmentException.Unavailable(
                $"The disk of the artifact cache '{cacheDirectory}' is full. {MakeRoom}", retriable: true, error),
            UnauthorizedAccessException => AssignmentException.Unavailable(
                $"The artifact cache '{cacheDirectory}' may not be written by the worker's user. Let that user own the directory on the node, or leave artifactCache.hostPath of the WorkerPool empty.", retriable: false, error),
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
