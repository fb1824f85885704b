using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Invocation;

public sealed class CallTermsReaderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Hearth-Timeout", "250ms", 250)]
    [InlineData("hearth-timeout", "1m30s", 60_000)] // the function's own is shorter
    [InlineData("Hearth-Timeout", "1.5s", 1500)]
    [InlineData("grpc-timeout", "3S", 3000)]
    [InlineData("grpc-timeout", "20m", 20)]
    [InlineData("grpc-timeout", "99999999H", 60_000)]
    [InlineData("grpc-timeout", "5000u", 5)]
    [InlineData("grpc-timeout", "3000000n", 3)]
    [InlineData("x-envoy-expected-rq-timeout-ms", "15", 15)]
    [InlineData("x-envoy-expected-rq-timeout-ms", "0", 60_000)]
    public void TryRead_Timeout_IsTheCallersWhenShorter(string header, string value, int milliseconds)
    {
        Assert.True(Read(out var terms, out _, (header, value)));
        Assert.Equal(milliseconds, terms.Timeout.TotalMilliseconds);
    }

    [Fact]
    public void TryRead_SeveralTimeouts_TheShortestCounts()
    {
        Assert.True(Read(out var terms, out _, ("Hearth-Timeout", "2s"), ("grpc-timeout", "1S"), ("x-envoy-expected-rq-timeout-ms", "3000")));
        Assert.Equal(TimeSpan.FromSeconds(1), terms.Timeout);
    }

    [Theory]
    [InlineData("high", 2)]
    [InlineData("Normal", 1)]
    [InlineData("LOW", 0)]
    public void TryRead_Priority_IsTaken(string value, int priority)
    {
        Assert.True(Read(out var terms, out _, ("Hearth-Priority", value)));
        Assert.Equal((Priority)priority, terms.Priority);
    }

    [Theory]
    [InlineData("Hearth-Timeout", "5", "expected a duration above 0, for example \"250ms\" or \"1.5s\"")]
    [InlineData("Hearth-Timeout", "0s", "expected a duration above 0, for example \"250ms\" or \"1.5s\"")]
    [InlineData("Hearth-Timeout", "", "expected a duration above 0, for example \"250ms\" or \"1.5s\"")]
    [InlineData("grpc-timeout", "123456789S", "expected 1 to 8 digits and one of H, M, S, m, u, n, for example \"250m\"")]
    [InlineData("grpc-timeout", "S", "expected 1 to 8 digits and one of H, M, S, m, u, n, for example \"250m\"")]
    [InlineData("grpc-timeout", "-1S", "expected 1 to 8 digits and one of H, M, S, m, u, n, for example \"250m\"")]
    [InlineData("x-envoy-expected-rq-timeout-ms", "1.5", "expected a number of milliseconds")]
    [InlineData("Hearth-Priority", "urgent", "expected high, normal or low")]
    [InlineData("Hearth-Priority", "1", "expected high, normal or low")]
    public void TryRead_NoSuchThing_SaysWhatIsExpected(string header, string value, string expected)
    {
        Assert.False(Read(out _, out var refusal, (header, value)));
        Assert.Equal((Outcome.InvalidTerms, $"header {header} is \"{value}\": {expected}"), (refusal!.Outcome, refusal.Detail));
    }

    [Fact]
    public void TryRead_AnyText_IsRefusedOrGivesALimitWithinTheFunctions()
    {
        const string Letters = "0123456789.-+eE hmsunHMSiglow\u00e9\u0660\0";
        var random = new Random(1);
        foreach (var header in new[] { "Hearth-Timeout", "grpc-timeout", "x-envoy-expected-rq-timeout-ms", "Hearth-Priority" })
        {
            for (var i = 0; i < 5000; i++)
            {
                var text = random.GetString(Letters, random.Next(i % 100 == 0 ? 4000 : 12));
                Assert.True(!Read(out var terms, out var refusal, (header, text)) ? refusal is not null : terms.Timeout >= TimeSpan.Zero && terms.Timeout <= Limit, text);
            }
        }
    }

    [Theory]
    [InlineData(false, null, 16)]
    [InlineData(true, 1024L, 17)]
    [InlineData(true, null, 1040)]
    [InlineData(true, 1L << 40, 1040)]
    public void TryRead_Body_CountsAsFarAsTheServerReadsIt(bool hasBody, long? length, long kibibytes)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentLength = length;

        Assert.True(CallTermsReader.TryRead(request, 0, Limit, hasBody, out var terms, out _));
        Assert.Equal(kibibytes * 1024, terms.Bytes);
    }

    private static bool Read(out CallTerms terms, out Refusal? refusal, params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        return CallTermsReader.TryRead(request, 0, Limit, false, out terms, out refusal);
    }
}
