using System.Net;
using System.Text.Json;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Client;

/// <summary>Sends requests until they are answered for good: connections that break and answers that say "later" are tried again, with growing waits.</summary>
internal sealed class RetryingSender(HttpClient http, FederationClientOptions options, Random random, TimeProvider time)
{
    /// <summary>Sends.</summary>
    /// <param name="make">Makes the request; called for every attempt.</param>
    /// <param name="read">Reads a success; what breaks here is tried again too.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FederationClientException">It was refused for good, or patience ran out.</exception>
    public async Task<T> SendAsync<T>(Func<HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var backOff = options.FirstBackOff; ; backOff = Min(2 * backOff, options.LongestBackOff))
        {
            string problem;
            Exception? cause = null;
            TimeSpan? asked = null;
            try
            {
                using var request = make();
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
                    return await read(response, cancellation);
                var error = await ReadErrorAsync(response, cancellation);
                if (!IsTemporary(response.StatusCode, error.ErrorCode))
                    throw new FederationClientException(error.Message, error.ErrorCode);
                (problem, asked) = (error.Message, response.Headers.RetryAfter?.Delta);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                (problem, cause) = (e.Message, e);
            }
            if (time.GetElapsedTime(start) > options.Patience)
                throw new FederationClientException($"The federation has not answered for {options.Patience.TotalSeconds:0} s; the last attempt: {problem}", "", cause);
            // Spread out, so that a thousand clients do not come back at once.
            var wait = Max(asked ?? TimeSpan.Zero, backOff) * (0.5 + random.NextDouble());
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static bool IsTemporary(HttpStatusCode status, string code) =>
        (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || code == ErrorCodes.Suspended;

    private static async Task<ErrorAnswer> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var url = response.RequestMessage?.RequestUri;
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == "application/json"
                && JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellation), ProtocolJsonContext.Default.ErrorAnswer) is { } error)
                return error with { Message = $"{url} answered {(int)response.StatusCode}: {error.Message}" };
        }
        catch (JsonException)
        {
            // Then the status is all there is to say.
        }
        return new ErrorAnswer("", $"{url} answered {(int)response.StatusCode} {response.ReasonPhrase}.");
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
