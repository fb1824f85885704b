using System.Collections.Concurrent;

namespace Hearth.Integration.Tests.Federations;

/// <summary>What the clients of a federation know: what they sent, and of that what was acknowledged.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Update> _sent = new();
    private readonly ConcurrentDictionary<string, Update> _acknowledged = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _moments = new();
    private int _moment;

    /// <summary>Updates that were answered with 202.</summary>
    public IReadOnlyCollection<Update> Acknowledged => [.. _acknowledged.Values];

    public void Send(Update update) => Note(_sent, update);

    public void Acknowledge(Update update) => Note(_acknowledged, update);

    /// <summary>Completes when clients have sent so many updates, and heard that so many are stored, together.</summary>
    public Task Reaches(int moment) => At(moment).Task;

    /// <summary>The update of a digest; an update may be stored though its client never heard so.</summary>
    public Update? Find(int round, string digest) => _sent.GetValueOrDefault(Key(round, digest));

    private void Note(ConcurrentDictionary<string, Update> book, Update update)
    {
        book[Key(update.Round, update.Digest)] = update;
        At(Interlocked.Increment(ref _moment)).TrySetResult();
    }

    private TaskCompletionSource At(int moment) => _moments.GetOrAdd(moment, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private static string Key(int round, string digest) => $"{round} {digest}";
}
