namespace Hearth.Kubernetes.InMemory.Accounts;

/// <summary>Who sent a request.</summary>
/// <param name="Name">User name, for a service account <c>system:serviceaccount:{namespace}:{name}</c>.</param>
/// <param name="Uid">The account's uid; null for who is none.</param>
/// <param name="Groups">The user's groups.</param>
internal sealed record Caller(string Name, string? Uid, IReadOnlyList<string> Groups)
{
    /// <summary>Whether its requests are recorded.</summary>
    public bool IsServiceAccount => Uid is not null;

    public static Caller Account(string ns, string name, string uid) => new(
        NameOf(ns, name), uid, ["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"]);

    public static string NameOf(string ns, string name) => $"system:serviceaccount:{ns}:{name}";
}
