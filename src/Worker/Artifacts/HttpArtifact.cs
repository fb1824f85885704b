using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Hearth.Worker.Artifacts;

/// <summary>An HTTP answer whose head has come.</summary>
internal sealed class HttpArtifact(Uri uri, HttpResponseMessage response) : IDisposable
{
    private const string ETagPrefix = "etag:";
    private const string DatePrefix = "date:";

    /// <summary>What was asked for.</summary>
    public Uri Uri { get; } = uri;

    /// <summary>Whether the version at hand is still the current one.</summary>
    public bool NotModified => response.StatusCode == HttpStatusCode.NotModified;

    /// <summary>Bytes of the body, where the server said.</summary>
    public long? Length => response.Content.Headers.ContentLength;

    /// <summary>What to send as <see cref="AddCondition"/> next time; null when the server gave nothing.</summary>
    public string? Validator =>
        response.Headers.ETag is { } tag ? ETagPrefix + tag
        : response.Content.Headers.LastModified is { } date ? DatePrefix + date.ToString("R", CultureInfo.InvariantCulture)
        : null;

    /// <summary>Makes a request conditional on a version other than that of <paramref name="validator"/>.</summary>
    public static void AddCondition(HttpRequestHeaders headers, string? validator)
    {
        if (validator?.StartsWith(ETagPrefix, StringComparison.Ordinal) == true)
            headers.TryAddWithoutValidation("If-None-Match", validator[ETagPrefix.Length..]);
        else if (validator?.StartsWith(DatePrefix, StringComparison.Ordinal) == true)
            headers.TryAddWithoutValidation("If-Modified-Since", validator[DatePrefix.Length..]);
    }

    /// <summary>The body.</summary>
    public Task<Stream> OpenAsync(CancellationToken cancellation) => response.Content.ReadAsStreamAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => response.Dispose();
}
