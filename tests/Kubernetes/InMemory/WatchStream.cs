using System.Text.Json.Nodes;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>Reads a watch event by event.</summary>
internal sealed class WatchStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private WatchStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    public static async Task<WatchStream> OpenAsync(ApiServerFixture server, string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(30));
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end of the watch.</summary>
    public async Task<JsonObject?> NextAsync() =>
        await _lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line ? Objects.Json(line) : null;

    /// <summary>The next event as <c>TYPE name</c>.</summary>
    public async Task<string> NextNameAsync() => await NextAsync() is { } next ? $"{next["type"]} {next["object"]!["metadata"]!["name"]}" : "end";

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
