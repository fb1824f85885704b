using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tests;

/// <summary>Plays clients and the running task, without waiting.</summary>
internal static class Play
{
    /// <summary>Takes steps until there is nothing to do.</summary>
    public static async Task<RoundStep> SettleAsync(Aggregator aggregator)
    {
        while (true)
        {
            if (await aggregator.StepAsync(CancellationToken.None) is var step and (RoundStep.Wait or RoundStep.Done))
                return step;
        }
    }

    public static void Join(Aggregator aggregator, params string[] clients)
    {
        foreach (var client in clients)
            Assert.Null(aggregator.Join(new JoinRequest { Id = client, Examples = 1 }).Refusal);
    }

    public static async Task<ClientTask?> TaskAsync(Aggregator aggregator, string client)
    {
        var (task, refusal) = await aggregator.GetTaskAsync(client, TimeSpan.Zero, CancellationToken.None);
        Assert.Null(refusal);
        return task;
    }

    public static Task<Refusal?> StoreAsync(Aggregator aggregator, int round, string client, byte[] update, long examples = 1) =>
        aggregator.StoreAsync(Make.Upload(round, client, update, examples), CancellationToken.None);

    /// <summary>Plays a round of clients that are all a round takes, to its end.</summary>
    public static async Task RoundAsync(Aggregator aggregator, int round, params (string Client, byte[] Update, long Examples)[] updates)
    {
        Join(aggregator, [.. updates.Select(update => update.Client)]);
        await SettleAsync(aggregator);
        foreach (var (client, update, examples) in updates)
            Assert.Null(await StoreAsync(aggregator, round, client, update, examples));
        await SettleAsync(aggregator);
    }
}
