using System.Net.Http.Headers;

namespace Hearth.Kubernetes.Configuration;

/// <summary>Whom the caller acts for: the server checks that it may, then takes the request as that user's.</summary>
/// <param name="User">Name of the user.</param>
public sealed record Impersonation(string User)
{
    /// <summary>The user's uid; null for none.</summary>
    public string? Uid { get; init; }

    /// <summary>The user's groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What else an authenticator would say of the user.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    internal void Write(HttpRequestHeaders headers)
    {
        headers.Add("Impersonate-User", User);
        if (Uid is not null)
            headers.Add("Impersonate-Uid", Uid);
        headers.Add("Impersonate-Group", Groups);
        foreach (var (key, values) in Extra)
            headers.Add("Impersonate-Extra-" + Uri.EscapeDataString(key), values);
    }
}
