using System.Globalization;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Client;

/// <summary>Takes part in a federation from joining to the last model.</summary>
/// <remarks>Joins again whenever it is unknown, so that it outlives any aggregator; what it acknowledged or missed, it asks for at the end.</remarks>
public sealed class FederationParticipant(FederationClient client, string id, ILocalTrainer trainer, IProgress<ParticipationEvent>? watcher = null)
{
    private readonly List<int> _rounds = [];
    private readonly List<string> _notIncluded = [];
    private int? _unresolved;
    private int _included;
    private (string Digest, byte[] Weights)? _model;

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
            // The same round again: it was extended, or this client forgot; what it took is not settled.
            if (task.Round != _unresolved)
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
        var (manifest, weights) = await DownloadAsync(task, cancellation);
        Tell(round, $"training from model {task.ModelVersion}");
        var update = await trainer.TrainAsync(task, manifest, weights, cancellation);
        try
        {
            await AsKnownAsync(
                async () =>
                {
                    await client.UploadAsync(task.UpdateUrl ?? throw new FederationClientException("The task names no URL for the update."), update, trainer.Examples, cancellation);
                    return true;
                },
                cancellation);
            _unresolved = round;
            Tell(round, $"sent {update.Length} bytes");
        }
        catch (FederationClientException e) when (e.ErrorCode is ErrorCodes.RoundClosed or ErrorCodes.NotSelected or ErrorCodes.OtherUpdate)
        {
            // Too late, or sent before by another of this name: the next round is another chance.
            Settle(round, e.Message);
        }
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

    /// <summary>Asks what became of the last update.</summary>
    private async Task ResolveAsync(CancellationToken cancellation)
    {
        if (_unresolved is not { } round)
            return;
        _unresolved = null;
        try
        {
            var report = await client.GetRoundAsync(round, id, cancellation);
            Settle(round, report.Included.Count > 0 ? null : report.NotIncluded.Count > 0 ? report.NotIncluded[0].Reason : "the round does not know it");
        }
        catch (FederationClientException e)
        {
            // Of a federation that is over and released: its manifests lie in its output.
            Settle(round, $"not known: {e.Message}");
        }
    }

    private void Settle(int round, string? reason)
    {
        _rounds.Add(round);
        if (reason is null)
            _included++;
        else
            _notIncluded.Add(string.Create(CultureInfo.InvariantCulture, $"round {round}: {reason}"));
        Tell(round, reason ?? "included");
    }

    private async Task<ParticipationSummary> SummarizeAsync(ClientTask finished, CancellationToken cancellation)
    {
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
