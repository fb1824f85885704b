using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Gateway.Functions;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Invocation;

/// <summary>Reads by when a caller wants its answer, and how its request ranks.</summary>
/// <remarks>
/// The time may stand in <c>Hearth-Timeout</c> (a duration as in the spec), in gRPC's <c>grpc-timeout</c> (gRPC over HTTP/2: at most 8 digits and a unit), or in
/// <c>x-envoy-expected-rq-timeout-ms</c>, which Envoy, and so Istio, adds to what it forwards. The shortest counts. The headers go on to the function unchanged.
/// </remarks>
internal static class CallTermsReader
{
    private const string GrpcTimeout = "grpc-timeout";
    private const string EnvoyTimeout = "x-envoy-expected-rq-timeout-ms";
    private const int MaxGrpcDigits = 8;

    /// <summary>Reads the terms; false with the refusal when a header is no such thing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="arrived">Timestamp of its arrival.</param>
    /// <param name="limit">The function's timeout.</param>
    /// <param name="hasBody">Whether it has a body.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="refusal">Why there are none.</param>
    public static bool TryRead(
        HttpRequest request, long arrived, TimeSpan limit, bool hasBody, out CallTerms terms, [NotNullWhen(false)] out Refusal? refusal)
    {
        var headers = request.Headers;
        terms = new(arrived, limit, Priority.Normal, CallTerms.BytesOf(hasBody, request.ContentLength));
        refusal = null;
        if (Value(headers, HearthHeaders.Timeout) is { } own && !Shorten(ref terms, ParseDuration(own)))
            refusal = Wrong(HearthHeaders.Timeout, own, "expected a duration above 0, for example \"250ms\" or \"1.5s\"");
        else if (Value(headers, GrpcTimeout) is { } grpc && !Shorten(ref terms, ParseGrpc(grpc)))
            refusal = Wrong(GrpcTimeout, grpc, "expected 1 to 8 digits and one of H, M, S, m, u, n, for example \"250m\"");
        else if (Value(headers, EnvoyTimeout) is { } envoy && !Shorten(ref terms, ParseMilliseconds(envoy)))
            refusal = Wrong(EnvoyTimeout, envoy, "expected a number of milliseconds");
        else if (Value(headers, HearthHeaders.Priority) is { } name && !TryParsePriority(name, ref terms))
            refusal = Wrong(HearthHeaders.Priority, name, "expected high, normal or low");
        return refusal is null;
    }

    private static string? Value(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static Refusal Wrong(string header, string value, string expected) =>
        new(Outcome.InvalidTerms, $"header {header} is \"{value}\": {expected}");

    private static bool Shorten(ref CallTerms terms, TimeSpan? timeout)
    {
        if (timeout < terms.Timeout)
            terms = terms with { Timeout = timeout.Value };
        return timeout is not null;
    }

    private static TimeSpan? ParseDuration(string text)
    {
        try
        {
            return KubernetesDurationConverter.Parse(text) is var timeout && timeout > TimeSpan.Zero ? timeout : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static TimeSpan? ParseGrpc(string text)
    {
        if (text.Length is < 2 or > MaxGrpcDigits + 1 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(number),
            'M' => TimeSpan.FromMinutes(number),
            'S' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMilliseconds(number),
            'u' => TimeSpan.FromMicroseconds(number),
            'n' => TimeSpan.FromTicks(number / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
    }

    /// <summary>Envoy's 0 is no limit.</summary>
    private static TimeSpan? ParseMilliseconds(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number == 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(number)
        : null;

    private static bool TryParsePriority(string name, ref CallTerms terms)
    {
        Priority? priority = name.ToLowerInvariant() switch
        {
            "high" => Priority.High,
            "normal" => Priority.Normal,
            "low" => Priority.Low,
            _ => null,
        };
        terms = terms with { Priority = priority ?? Priority.Normal };
        return priority is not null;
    }
}
