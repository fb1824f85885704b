using System.Net;

namespace Hearth.Testing;

/// <summary>
/// A network and a server on a bad day, the same day for the same seed: answers that fail, are refused or come late, and watches that break
/// off, stall, repeat themselves, lose their order or are told that their version is gone. Errors of the server come in bursts. Writes pass untouched.
/// </summary>
/// <param name="random">Decides.</param>
/// <param name="inner">The way to the server.</param>
/// <param name="time">Clock of answers that come late.</param>
public sealed class FaultyTransport(Random random, HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int LongestBurst = 20;
    private readonly Lock _lock = new();
    private int _burst;

    /// <summary>Faults so far, by name.</summary>
    public Dictionary<string, int> Injected { get; } = [];

    /// <summary>Whether anything goes wrong; switched off for a quiet end.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>One watch in so many stalls until its caller gives it up; 0 for none.</summary>
    public int StallOneWatchIn { get; init; }

    internal bool Chance(int oneIn, string fault)
    {
        if (!IsOn || oneIn == 0)
            return false;
        lock (_lock)
        {
            if (random.Next(oneIn) > 0)
                return false;
            if (fault == "burst of 500")
                _burst = random.Next(2, LongestBurst);
            Injected[fault] = Injected.GetValueOrDefault(fault) + 1;
            return true;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get)
            return await base.SendAsync(request, cancellationToken);
        if (Chance(40, "no connection"))
            throw new HttpRequestException("The connection was refused, as the test wanted.");
        if (InBurst() || Chance(80, "burst of 500"))
            return Refuse(HttpStatusCode.InternalServerError, "InternalError");
        if (Chance(40, "429"))
            return Refuse(HttpStatusCode.TooManyRequests, "TooManyRequests");
        if (Chance(40, "401"))
            return Refuse(HttpStatusCode.Unauthorized, "Unauthorized");
        if (Chance(20, "slow"))
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (!request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal) || !response.IsSuccessStatusCode)
            return response;
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        response.Content = new StreamContent(new FaultyWatch(body, this));
        return response;
    }

    private bool InBurst()
    {
        lock (_lock)
            return IsOn && _burst > 0 && _burst-- > 0;
    }

    private static HttpResponseMessage Refuse(HttpStatusCode code, string reason) => new(code)
    {
        Headers = { RetryAfter = code == HttpStatusCode.TooManyRequests ? new(TimeSpan.Zero) : null },
        Content = new StringContent($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","code":{{(int)code}}}"""),
    };
}
