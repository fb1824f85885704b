using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Hearth.Worker.Artifacts;

/// <summary>Clients of S3 and of what speaks its protocol, set up by the variables that every AWS tool reads.</summary>
internal static class S3Clients
{
    /// <summary>
    /// A client by <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c> and <c>AWS_REGION</c>; credentials by the SDK's usual chain (variables, web identity,
    /// container, instance). An endpoint of one's own is asked by path, since it rarely has a name for each bucket.
    /// </summary>
    /// <param name="variable">Value of a variable; null when it is not set.</param>
    /// <exception cref="AssignmentException">The endpoint is no URL.</exception>
    public static IAmazonS3 Create(Func<string, string?> variable)
    {
        var region = Read("AWS_REGION") ?? Read("AWS_DEFAULT_REGION") ?? "us-east-1";
        var config = new AmazonS3Config
        {
            // Artifacts have digests of their own, and a part has no checksum to hold it to.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // What is put is signed with its SHA-256, and not every store knows the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            MaxErrorRetry = 2,
            // Whoever asks knows how many bytes there are to wait for.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if ((Read("AWS_ENDPOINT_URL_S3") ?? Read("AWS_ENDPOINT_URL")) is { } endpoint)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                throw AssignmentException.Unavailable($"AWS_ENDPOINT_URL of the worker is '{endpoint}', expected http:// or https:// and a host.", retriable: false);
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (endpoint, true, region);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        return Read("AWS_ACCESS_KEY_ID") is { } id && Read("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new AmazonS3Client(Read("AWS_SESSION_TOKEN") is { } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret), config)
            : new AmazonS3Client(config);

        string? Read(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }
}
