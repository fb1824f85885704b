using Amazon.S3;
using Hearth.Federation.Storage;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Aggregators;

/// <summary>Opens what <c>output.uri</c> names: a directory, or a prefix of a bucket.</summary>
/// <param name="mounts">Where the worker's volumes lie.</param>
/// <param name="connect">Makes the client for a bucket.</param>
/// <param name="time">Times locks and requests.</param>
internal sealed class OutputOpener(VolumeMounts mounts, Func<IAmazonS3> connect, TimeProvider time)
{
    private const string Field = "spec.output.uri";

    /// <summary>Opens it; the caller disposes what can be disposed.</summary>
    /// <exception cref="AssignmentException">It is none, or refuses.</exception>
    public async Task<IFederationStorage> OpenAsync(string uri, CancellationToken cancellation)
    {
        if (mounts.FindDirectory(uri) is { } directory)
            return new DirectoryStorage(directory, time);
        if (ArtifactUri.TryParse(uri) is not { Scheme: ArtifactUri.S3, Query: "", Fragment: "" } bucket)
            throw AssignmentException.OutputUnavailable(
                $"{Field} '{uri}' is not served by this worker: expected file:///absolute/path of a directory that every worker of the pool sees, or s3://bucket/prefix.", retriable: false);
        var scratch = Directory.CreateTempSubdirectory("hearth-output-").FullName;
        try
        {
            return await ObjectStorage.OpenAsync(Connect(), bucket.Host, Uri.UnescapeDataString(bucket.AbsolutePath), scratch, time, cancellation);
        }
        catch (Exception e)
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
            if (e is OutputException or IOException or UnauthorizedAccessException)
                throw Explain(e, uri);
            throw;
        }
    }

    /// <summary>The failure that a refusal of what was opened stands for.</summary>
    public AssignmentException Explain(Exception refusal, string uri) => refusal switch
    {
        OutputException => AssignmentException.OutputUnavailable(refusal.Message, retriable: false, refusal),
        SupersededException => AssignmentException.OutputUnavailable(refusal.Message, retriable: true, refusal),
        _ when mounts.FindDirectory(uri) is { } directory => StorageFailure.ExplainFolder(refusal, Field, directory),
        _ => AssignmentException.OutputUnavailable(refusal.Message, retriable: true, refusal),
    };

    private IAmazonS3 Connect()
    {
        try
        {
            return connect();
        }
        catch (AssignmentException e)
        {
            throw AssignmentException.OutputUnavailable($"{Field}: {e.Message}", retriable: false, e);
        }
    }
}
