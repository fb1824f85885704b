using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Reads a watch event by event.</summary>
public sealed class WatchStream(HttpResponseMessage response, Stream body) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly StreamReader _lines = new(body);

    public int Code => (int)response.StatusCode;

    /// <summary>The next event; null at the end of the watch.</summary>
    public async Task<JsonObject?> NextAsync() => await _lines.ReadLineAsync().WaitAsync(Patience) is { } line ? Objects.Json(line) : null;

    /// <summary>The next event that is no bookmark, as <c>TYPE name</c>.</summary>
    public async Task<string> NextNameAsync()
    {
        while (await NextAsync() is { } next)
        {
            if ((string?)next["type"] != "BOOKMARK")
                return $"{next["type"]} {next["object"]!["metadata"]?["name"]}";
        }
        return "end";
    }

    /// <summary>The next events that are no bookmarks.</summary>
    public async Task<string[]> NextNamesAsync(int count)
    {
        var names = new string[count];
        for (var i = 0; i < count; i++)
            names[i] = await NextNameAsync();
        return names;
    }

    public void Dispose()
    {
        _lines.Dispose();
        response.Dispose();
    }
}
