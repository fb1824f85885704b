using System.Globalization;
using System.Text.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Federation.Clients;
using Hearth.Federation.Journal;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;
using Hearth.Federation.Storage;
using Hearth.Federation.Updates;

namespace Hearth.Federation;

/// <content>What clients ask for.</content>
public sealed partial class Aggregator
{
    // What a status can show; the client is told all of it.
    private const int MaxRefusalLength = 1000;

    /// <summary>Lets a client in.</summary>
    public (JoinAnswer? Answer, Refusal? Refusal) Join(JoinRequest request)
    {
        if (!ClientId.IsValid(request.Id))
            return (null, UpdateCheck.InvalidId(request.Id));
        if (request.Examples is < 0 or > UpdateCheck.MaxExamples)
            return (null, new Refusal(RefusalKind.InvalidRequest, $"examples is {request.Examples}, expected a number from 0 to {UpdateCheck.MaxExamples}."));
        if (!_clients.TryJoin(request.Id))
            return (null, new Refusal(RefusalKind.TooManyClients, $"{_options.MaxClients} clients have joined, which is all that are taken. Try again later."));
        _changed.Announce();
        return (new JoinAnswer(request.Id, Progress.Round), null);
    }

    /// <summary>Finds something to do for a client.</summary>
    /// <returns>The task; null where nothing came up within <paramref name="wait"/>; or why it is refused.</returns>
    public async Task<(ClientTask? Task, Refusal? Refusal)> GetTaskAsync(string client, TimeSpan wait, CancellationToken cancellation)
    {
        var end = _time.GetUtcNow() + wait;
        while (true)
        {
            var news = _news.Next;
            if (Unavailable() is { } unavailable)
                return (null, unavailable);
            if (!_clients.Touch(client))
                return (null, UnknownClient(client));
            // Whoever was missed is heard of again, which may be what a round waits for.
            if (_state.Round is null)
                _changed.Announce();
            if (await TryTaskAsync(client, cancellation) is { } task)
                return (task, null);
            if (_broken is not null)
                continue;
            var rest = end - _time.GetUtcNow();
            if (rest <= TimeSpan.Zero)
                return (null, null);
            try
            {
                await news.WaitAsync(rest, _time, cancellation);
            }
            catch (TimeoutException)
            {
                // One more look, then nothing.
            }
        }
    }

    /// <summary>Opens a published model's weights, or its description, to read.</summary>
    /// <returns>The file, its digest where it is known and the time of its publication; or why it is refused.</returns>
    public (Stream? Content, string? Digest, Refusal? Refusal) OpenModel(int version, bool description)
    {
        var state = _state;
        if (version < 0 || version >= state.Models.Count)
            return (null, null, new Refusal(RefusalKind.UnknownModel, $"There is no model {version}; the latest is {state.Version}."));
        return description
            ? (_storage.OpenRead($"{OutputLayout.Model(version)}/{OutputLayout.ModelManifest}"), null, null)
            : (_storage.OpenRead(WeightsPath(version, state)), state.Models[version], null);
    }

    /// <summary>Stores an update. When this returns null, it is on the disk and recorded: it may be acknowledged.</summary>
    public async Task<Refusal?> StoreAsync(UpdateUpload upload, CancellationToken cancellation)
    {
        Refusal? refusal;
        try
        {
            refusal = await TryStoreAsync(upload, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Note(upload, "The client went away before it had sent all of it; nothing of it is kept.");
            throw;
        }
        if (refusal is null or { Kind: RefusalKind.Unavailable })
            return refusal;
        if (refusal.Kind is RefusalKind.InvalidUpdate or RefusalKind.DigestMismatch or RefusalKind.TooLarge or RefusalKind.OtherUpdate)
            Interlocked.Increment(ref _rejected);
        Note(upload, refusal.Message);
        return refusal;
    }

    private void Note(UpdateUpload upload, string why)
    {
        var text = $"round {upload.Round}, client '{(upload.Client.Length > 80 ? upload.Client[..80] : upload.Client)}': {why}";
        _lastRefusal = text.Length > MaxRefusalLength ? $"{text[..MaxRefusalLength]}..." : text;
        _changed.Announce();
    }

    /// <summary>Says where a round stands and what it took.</summary>
    public (RoundReport? Report, Refusal? Refusal) GetRound(int number)
    {
        var state = _state;
        if (state.Round is { } round && round.Number == number)
            return (ReportOf(round, state), null);
        if (number < 1 || number > state.Version)
            return (null, UnknownRound(number, state));
        var manifest = JsonSerializer.Deserialize(ReadAll(_storage, OutputLayout.RoundManifest(number)), FederationJsonContext.Default.RoundManifest)!;
        return (new RoundReport
        {
            Round = number,
            State = RoundReportState.Published,
            ModelVersion = manifest.ModelVersion,
            ModelDigest = manifest.ModelDigest,
            Included = manifest.Included,
            NotIncluded = manifest.NotIncluded,
        }, null);
    }

    private static RoundReport ReportOf(RoundState round, FederationState state) => new()
    {
        Round = round.Number,
        State = round.Closed is null ? RoundReportState.Collecting : RoundReportState.Committing,
        ModelVersion = state.Version,
        ModelDigest = state.Models[^1],
        Received = [.. round.Included],
        NotIncluded = [.. round.NotIncluded],
    };

    private async Task<ClientTask?> TryTaskAsync(string client, CancellationToken cancellation)
    {
        if (Finished() is { } finished)
            return finished;
        if (_state.Round is not { Closed: null })
            return null;
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_state.Round is not { Closed: null } round || round.Find(client) is not null || !MayTakePart(client, round))
                return null;
            // Work for an aggregator that is no more would be for nothing.
            _owner.ThrowIfSuperseded();
            _awaited = _awaited.Add(client);
            return Describe(client, round);
        }
        catch (Exception e) when (e is SupersededException or IOException)
        {
            Break(e);
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whoever was asked; and where all take part, whoever comes while fewer are at work or done than the round takes.</summary>
    private bool MayTakePart(string client, RoundState round) =>
        round.Selected.Contains(client) || _awaited.Contains(client)
        || (_options.Selection == ClientSelection.All && _awaited.Count + round.Counting.Count < _options.MaxPerRound);

    private ClientTask? Finished()
    {
        var state = _state;
        return state.Round is null && state.FinishedVersion >= _options.Rounds
            ? new ClientTask
            {
                State = ClientTaskState.Finished,
                ModelVersion = state.Version,
                ModelDigest = state.Models[^1],
                ModelUrl = OutputLayout.Model(state.Version),
                ManifestUrl = $"{OutputLayout.Model(state.Version)}/{OutputLayout.ModelManifest}",
            }
            : null;
    }

    private ClientTask Describe(string client, RoundState round)
    {
        var version = round.Number - 1;
        return new ClientTask
        {
            State = ClientTaskState.Train,
            Round = round.Number,
            ModelVersion = version,
            ModelUrl = OutputLayout.Model(version),
            ModelDigest = _state.Models[version],
            ManifestUrl = $"{OutputLayout.Model(version)}/{OutputLayout.ModelManifest}",
            UpdateUrl = string.Create(CultureInfo.InvariantCulture, $"{PrefixFor(client, round)}rounds/{round.Number}/updates/{client}"),
            Deadline = round.Deadline,
            LocalWork = _options.LocalWork,
            Codec = "None",
            Seed = ClientSelector.SeedOf(_options.Seed, round.Number, client),
        };
    }

    /// <summary>Clients are spread over the leaves by their places among those selected; others come by chance of their ids.</summary>
    private string PrefixFor(string client, RoundState round) => _tree?.PrefixFor(
        round.Selected.IndexOf(client) is var position and >= 0 ? position : (int)(ClientSelector.SeedOf(0, round.Number, client) % int.MaxValue)) ?? "";

    private async Task<Refusal?> TryStoreAsync(UpdateUpload upload, CancellationToken cancellation)
    {
        if (UpdateCheck.FindFault(upload) is { } fault)
            return fault;
        if (!_clients.Touch(upload.Client))
            return UnknownClient(upload.Client);
        var (known, early) = Judge(upload);
        if (known || early is not null)
            return early;
        string? file;
        try
        {
            (file, var refusal) = await _intake.ReceiveAsync(upload, cancellation);
            if (refusal is not null)
                return refusal;
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (IOException e)
        {
            return new Refusal(RefusalKind.Incomplete, $"The update could not be received: {e.Message} Send it again.");
        }
        return await KeepAsync(upload, file!);
    }

    /// <summary>Decides, behind the gate, what becomes of an update that was received.</summary>
    private async Task<Refusal?> KeepAsync(UpdateUpload upload, string temporary)
    {
        // No cancellation from here on: a client that breaks off now may find its update acknowledged when it asks again.
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            var (known, refusal) = Judge(upload);
            if (known || refusal is not null)
            {
                _storage.Delete(temporary);
                return refusal;
            }
            var folder = OutputLayout.Updates(upload.Round);
            var file = string.Create(CultureInfo.InvariantCulture, $"{folder}/{upload.Client}-{upload.Digest[..16]}-{_owner.Epoch}.safetensors");
            await RecordAsync(new JournalRecord.UpdateStored(upload.Round, upload.Client, upload.Examples, upload.Digest, file), () =>
            {
                _storage.Move(temporary, file);
                _storage.SyncFolder(folder);
            });
            _awaited = _awaited.Remove(upload.Client);
            return null;
        }
        catch (Exception e) when (_broken is not null)
        {
            return Unavailable() ?? new Refusal(RefusalKind.Unavailable, e.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether an update is stored already; otherwise why it is not wanted, if it is not.</summary>
    private (bool Known, Refusal? Refusal) Judge(UpdateUpload upload)
    {
        if (Unavailable() is { } unavailable)
            return (false, unavailable);
        var state = _state;
        if (upload.Round < 1 || upload.Round > state.Version + (state.Round is null ? 0 : 1))
            return (false, UnknownRound(upload.Round, state));
        if (state.Round is not { } round || round.Number != upload.Round)
            return JudgeLate(upload);
        if (round.Find(upload.Client) is { } stored)
            return stored.Digest == upload.Digest ? (true, null) : (false, OtherUpdate(upload, stored.Digest));
        if (round.Closed is not null || round.Counting.Count >= _options.MaxPerRound)
            return (false, RoundClosed(upload.Round));
        if (!MayTakePart(upload.Client, round))
            return (false, new Refusal(RefusalKind.NotSelected, $"Round {upload.Round} did not ask client '{upload.Client}'. Ask for a task, and train for the round it names."));
        return (false, null);
    }

    /// <summary>For a published round: a client that did not hear its acknowledgement asks again.</summary>
    private (bool Known, Refusal? Refusal) JudgeLate(UpdateUpload upload)
    {
        var (report, _) = GetRound(upload.Round);
        if (report?.Included.FirstOrDefault(update => update.Client == upload.Client) is not { } included)
            return (false, RoundClosed(upload.Round));
        return included.Digest == upload.Digest ? (true, null) : (false, OtherUpdate(upload, included.Digest));
    }

    private Refusal? Unavailable()
    {
        if (_broken is { } broken)
            return new Refusal(RefusalKind.Unavailable, $"{broken.Message} Another aggregator will go on; try again.");
        return _stopping.IsCancellationRequested ? new Refusal(RefusalKind.Unavailable, "The aggregator is stopping; another will go on. Try again.") : null;
    }

    private static Refusal UnknownClient(string client) =>
        new(RefusalKind.UnknownClient, $"Client '{client}' is unknown. Join with POST clients, then ask again.");

    private static Refusal UnknownRound(int round, FederationState state) => new(
        RefusalKind.UnknownRound,
        $"There is no round {round}; {(state.Round is { } open ? $"round {open.Number} is open" : $"{state.Version} rounds are done and none is open")}.");

    private static Refusal OtherUpdate(UpdateUpload upload, string digest) => new(
        RefusalKind.OtherUpdate,
        $"Client '{upload.Client}' has sent another update for round {upload.Round}, with SHA-256 {digest}. It stands; a client has one update in a round.");

    private static Refusal RoundClosed(int round) =>
        new(RefusalKind.RoundClosed, $"Round {round} takes no updates any more. Ask for a task, and train for the round it names.");
}
