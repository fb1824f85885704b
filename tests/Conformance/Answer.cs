using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>What a server answered.</summary>
public sealed record Answer(int Code, JsonObject Body, IReadOnlyList<string> Warnings)
{
    public string? Reason => (string?)Body["reason"];

    public string? Message => (string?)Body["message"];

    public string? Version => (string?)Body["metadata"]?["resourceVersion"];

    /// <summary>The causes of a refusal, as <c>reason field: message</c>, in a fixed order.</summary>
    public IEnumerable<string> Causes =>
        (Body["details"]?["causes"] as JsonArray ?? []).Select(c => $"{c!["reason"]} {c["field"]}: {c["message"]}").Order(StringComparer.Ordinal);

    /// <summary>Names of a list's items.</summary>
    public IEnumerable<string> Names => ((JsonArray)Body["items"]!).Select(i => i!["metadata"]!["name"]!.ToString());

    /// <summary>The value at a path such as <c>spec.nested.depth</c>, as JSON; <c>absent</c> when there is none.</summary>
    public string At(string path) => Objects.At(Body, path);

    /// <summary>Demands a code.</summary>
    public Answer Is(int code)
    {
        Assert.True(Code == code, $"{code} was expected, {Code} came: {Body.ToJsonString()}");
        return this;
    }

    /// <summary>Demands a refusal.</summary>
    public Answer Is(int code, string reason, string? message = null)
    {
        Is(code);
        Assert.Equal(reason, Reason);
        if (message is not null)
            Assert.Equal(message, Message);
        return this;
    }
}
