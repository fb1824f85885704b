using System.Globalization;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Client;

/// <summary>Takes part in a federation from joining to the last model.</summary>
/// <remarks>Joins again whenever it is unknown, so that it outlives any aggregator; what it acknowledged or missed, it asks for at the end.</remarks>
public sealed class FederationParticipant(FederationClient client, string id, ILocalTrainer trainer, IProgress<ParticipationEvent>? watcher = null)
{
    private const int LastQuestions = 10;

    private readonly List<int> _rounds = [];
    private readonly List<string> _notIncluded = [];
    private readonly SortedSet<int> _unresolved = [];
    private int _included;
    private (string Digest, byte[] Weights)? _model;
    private (int Round, string? ModelDigest, byte[] Update)? _work;

    /// <summary>Takes part.</summary>
    /// <exception cref="FederationClientException">The federation refused for good, or did not answer for too long.</exception>
    public async Task<ParticipationSummary> RunAsync(CancellationToken cancellation)
    {
        await JoinAsync(cancellation);
        while (true)
        {
            var task = await AsKnownAsync(() => client.GetTaskAsync(id, cancellation), cancellation);
            if (task is null)
                continue;
            await ResolveAsync(cancellation);
            if (task.State == ClientTaskState.Finished)
                return await SummarizeAsync(task, cancellation);
            await WorkAsync(task, cancellation);
        }
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        await client.JoinAsync(new JoinRequest { Id = id, Examples = trainer.Examples }, cancellation);
        Tell(0, $"joined with {trainer.Examples} examples");
    }

    private async Task WorkAsync(ClientTask task, CancellationToken cancellation)
    {
        var round = task.Round ?? throw new FederationClientException("The task names no round.");
        try
        {
            var update = await TrainAsync(task, round, cancellation);
            await AsKnownAsync(
                async () =>
                {
                    await client.UploadAsync(task.UpdateUrl ?? throw new FederationClientException("The task names no URL for the update."), update, trainer.Examples, cancellation);
                    return true;
                },
                cancellation);
            _unresolved.Add(round);
            Tell(round, $"sent {update.Length} bytes");
        }
        catch (FederationClientException e) when (e.ErrorCode is ErrorCodes.RoundClosed or ErrorCodes.NotSelected or ErrorCodes.OtherUpdate)
        {
            // Too late, or sent before by another of this name: the next round is another chance.
            Settle(round, e.Message);
        }
        catch (FederationClientException e) when (e.ErrorCode is ErrorCodes.UnknownRound or ErrorCodes.UnknownModel)
        {
            // An aggregator that has just been replaced does not know what its successor began. What was trained is kept for it.
            Tell(round, e.Message);
        }
    }

    private async Task<byte[]> TrainAsync(ClientTask task, int round, CancellationToken cancellation)
    {
        if (_work is { } work && work.Round == round && work.ModelDigest == task.ModelDigest)
            return work.Update;
        var (manifest, weights) = await DownloadAsync(task, cancellation);
        Tell(round, $"training from model {task.ModelVersion}");
        var update = await trainer.TrainAsync(task, manifest, weights, cancellation);
        _work = (round, task.ModelDigest, update);
        return update;
    }

    private async Task<(byte[] Manifest, byte[] Weights)> DownloadAsync(ClientTask task, CancellationToken cancellation)
    {
        if (task.ModelUrl is null || task.ManifestUrl is null || task.ModelDigest is null)
            throw new FederationClientException("The task names no model.");
        if (_model?.Digest != task.ModelDigest)
            _model = (task.ModelDigest, await client.DownloadAsync(task.ModelUrl, task.ModelDigest, cancellation));
        return (await client.DownloadAsync(task.ManifestUrl, null, cancellation), _model.Value.Weights);
    }

    /// <summary>Asks; where the federation does not know this client, joins and asks again.</summary>
    private async Task<T> AsKnownAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (FederationClientException e) when (e.ErrorCode == ErrorCodes.UnknownClient)
            {
                await JoinAsync(cancellation);
            }
        }
    }

    /// <summary>Asks what became of the updates sent, as far as it is known already.</summary>
    private async Task ResolveAsync(CancellationToken cancellation)
    {
        foreach (var round in _unresolved.ToArray())
        {
            try
            {
                var report = await client.GetRoundAsync(round, id, cancellation);
                if (report.State != RoundReportState.Published)
                    continue;
                Settle(round, report.Included.Count > 0 ? null : report.NotIncluded.Count > 0 ? report.NotIncluded[0].Reason : "the round does not know it");
            }
            catch (FederationClientException e) when (e.ErrorCode == ErrorCodes.UnknownRound)
            {
                // Asked of an aggregator that has just been replaced.
            }
            catch (FederationClientException e)
            {
                // Of a federation that is over and released: its manifests lie in its output.
                Settle(round, $"not known: {e.Message}");
            }
        }
    }

    private void Settle(int round, string? reason)
    {
        _unresolved.Remove(round);
        _rounds.Add(round);
        if (reason is null)
            _included++;
        else
            _notIncluded.Add(string.Create(CultureInfo.InvariantCulture, $"round {round}: {reason}"));
        Tell(round, reason ?? "included");
    }

    private async Task<ParticipationSummary> SummarizeAsync(ClientTask finished, CancellationToken cancellation)
    {
        for (var attempt = 0; _unresolved.Count > 0 && attempt < LastQuestions; attempt++)
        {
            await client.PauseAsync(cancellation);
            await ResolveAsync(cancellation);
        }
        foreach (var round in _unresolved.ToArray())
            Settle(round, "the federation does not tell");
        try
        {
            var (manifest, weights) = await DownloadAsync(finished, cancellation);
            return new ParticipationSummary(_rounds, _included, _notIncluded, finished.ModelVersion, manifest, weights);
        }
        catch (FederationClientException e)
        {
            Tell(0, $"the last model cannot be had from here any more: {e.Message}");
            return new ParticipationSummary(_rounds, _included, _notIncluded, finished.ModelVersion, null, null);
        }
    }

    private void Tell(int round, string message) => watcher?.Report(new ParticipationEvent(round, message));
}
