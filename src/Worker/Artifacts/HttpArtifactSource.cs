using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Hearth.Worker.Artifacts;

/// <summary>Artifacts over HTTP.</summary>
/// <remarks>The client's own timeout must be off: a large model may take any time as long as bytes keep coming.</remarks>
internal sealed class HttpArtifactSource(HttpClient client, TimeSpan stallTimeout, TimeProvider time) : IArtifactSource
{
    private const string DatePrefix = "date:";

    /// <inheritdoc/>
    public async Task<ArtifactPart?> OpenAsync(Uri uri, ArtifactRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, uri);
        AddConditions(message.Headers, request);
        using var patience = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (Read(uri, request, response) is { } part)
                return part;
            using (response)
                return request.Version is not null && IsChange(response.StatusCode) ? null : throw SourceFailure.Refused(uri, response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            throw SourceFailure.Unreachable(uri, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw SourceFailure.Stalled(uri, stallTimeout, 0, e);
        }
    }

    private static void AddConditions(HttpRequestHeaders headers, ArtifactRequest request)
    {
        if (ArtifactRequest.TagOf(request.Unless) is { } known)
            headers.TryAddWithoutValidation("If-None-Match", known);
        else if (request.Unless?.StartsWith(DatePrefix, StringComparison.Ordinal) == true)
            headers.TryAddWithoutValidation("If-Modified-Since", request.Unless[DatePrefix.Length..]);
        if (request.Version is null)
            return;
        headers.Range = new RangeHeaderValue(request.Offset, request.End - 1);
        headers.TryAddWithoutValidation("If-Range", ArtifactRequest.TagOf(request.Version));
    }

    /// <summary>What was asked for; null where the answer is another version's, or a refusal.</summary>
    private static ArtifactPart? Read(Uri uri, ArtifactRequest request, HttpResponseMessage response)
    {
        var isPart = response.StatusCode == HttpStatusCode.PartialContent && request.Version is not null;
        var notModified = response.StatusCode == HttpStatusCode.NotModified && request.Unless is not null;
        var validator = ValidatorOf(response);
        if ((!isPart && !notModified && response.StatusCode != HttpStatusCode.OK) || (request.Version is { } version && version != validator))
            return null;
        var range = response.Content.Headers.ContentRange;
        if (isPart && range?.From is null)
            return null;
        return new(uri, response, response.Content.ReadAsStreamAsync)
        {
            NotModified = notModified,
            Validator = validator,
            // A server that ignores ranges sends all of it from the start.
            Offset = isPart ? range!.From!.Value : 0,
            Length = isPart ? range!.Length : response.Content.Headers.ContentLength,
            // A weak tag promises the same meaning, not the same bytes; a date is too coarse.
            CanResume = response.Headers.ETag is { IsWeak: false },
            HasRanges = response.Headers.AcceptRanges.Contains("bytes"),
        };
    }

    private static string? ValidatorOf(HttpResponseMessage response) =>
        response.Headers.ETag is { } tag ? ArtifactRequest.OfTag(tag.ToString())
        : response.Content.Headers.LastModified is { } date ? DatePrefix + date.ToString("R", CultureInfo.InvariantCulture)
        : null;

    private static bool IsChange(HttpStatusCode status) => status is HttpStatusCode.OK or HttpStatusCode.PartialContent
        or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable;
}
