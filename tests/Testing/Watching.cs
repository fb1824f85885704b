using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Testing;

/// <summary>Waits for what an API server tells, event by event.</summary>
public static class Watching
{
    /// <summary>Completes with the selected objects, by name, once they are as <paramref name="isSo"/> says.</summary>
    /// <exception cref="TimeoutException">They were not within <paramref name="patience"/>; says what was expected and last seen.</exception>
    public static async Task<IReadOnlyList<T>> WaitForAsync<T>(
        this IKubernetesClient client, string? ns, ListOptions selected, Func<IReadOnlyList<T>, bool> isSo, string expectation, TimeSpan patience)
        where T : class, IResource<T>
    {
        using var limit = new CancellationTokenSource(patience);
        var seen = new SortedDictionary<string, T>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var list = await client.ListAsync<T>(ns, selected, limit.Token);
                seen = new(list.Items.ToDictionary(o => o.Name()), StringComparer.Ordinal);
                if (isSo([.. seen.Values]))
                    return [.. seen.Values];
                await foreach (var change in client.WatchAsync<T>(ns, selected with { ResourceVersion = list.ResourceVersion }, limit.Token))
                {
                    if (change.Type == WatchEventType.Bookmark)
                        continue;
                    if (change.Type == WatchEventType.Deleted)
                        seen.Remove(change.Object.Name());
                    else
                        seen[change.Object.Name()] = change.Object;
                    if (isSo([.. seen.Values]))
                        return [.. seen.Values];
                }
            }
        }
        catch (OperationCanceledException)
        {
            var last = string.Join("\n", seen.Values.Select(o => System.Text.Json.JsonSerializer.Serialize(o, T.JsonTypeInfo)));
            throw new TimeoutException($"Waited {patience} for {expectation}; {T.Definition.Plural} last seen: {(last.Length > 0 ? last : "none")}");
        }
    }

    /// <summary>Completes with the object once it is as <paramref name="isSo"/> says; null means that it is not there.</summary>
    /// <exception cref="TimeoutException">It was not within <paramref name="patience"/>; says what was expected and last seen.</exception>
    public static async Task<T?> WaitForAsync<T>(
        this IKubernetesClient client, string? ns, string name, Func<T?, bool> isSo, string expectation, TimeSpan patience)
        where T : class, IResource<T>
    {
        var selected = new ListOptions { FieldSelector = $"metadata.name={name}" };
        return One(await client.WaitForAsync<T>(ns, selected, found => isSo(One(found)), $"{T.Definition.Kind} \"{name}\": {expectation}", patience));

        static T? One(IReadOnlyList<T> found) => found.Count > 0 ? found[0] : null;
    }
}
