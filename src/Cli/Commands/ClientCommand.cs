using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Hearth.Cli.Federations;
using Hearth.Compute.Cpu;
using Hearth.Federation.Client;
using Hearth.Federation.Protocol;
using Hearth.Training.Datasets;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth client</c>: takes part in a federation with data of this machine.</summary>
internal static class ClientCommand
{
    // Longer than any wait for a task.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(4);

    public static Command Create()
    {
        var federation = new Option<Uri>("--federation")
        {
            Description = "The federation, for example http://localhost:3500/federations/default/digits.",
            HelpName = "URL",
            Required = true,
            CustomParser = ParseUrl,
        };
        var id = new Option<string>("--id") { Description = $"Who this client is: {ClientId.Expected}.", HelpName = "NAME", Required = true };
        var data = new Option<string>("--data") { Description = "Its examples and their labels in the IDX format, plain or gzip.", HelpName = "IMAGES,LABELS", Required = true };
        var shard = Flag.Of<string?>("--shard", "Take only part I, from 0, of N parts of the data.", "I/N");
        var dirichlet = Flag.With("--dirichlet", "How the data is split: the smaller, the less alike are the parts; 0 deals it out evenly.", 0.0, "ALPHA");
        var seed = Flag.With("--seed", "Seed of the split; the same for all clients.", 0UL, "N");
        var token = Flag.Of<string?>("--token-file", "File that holds this client's token, where the federation asks for one.", "FILE");
        var threads = Flag.With("--threads", "Threads that train.", 1, "N");
        id.Validators.Add(result =>
        {
            if (!ClientId.IsValid(result.GetValueOrDefault<string>()))
                result.AddError($"--id \"{result.GetValueOrDefault<string>()}\" is not {ClientId.Expected}.");
        });
        var command = new Command("client", "Take part in a federated aggregation: train its model on local data, round by round, until it is finished.")
        {
            federation, id, data, shard, dirichlet, seed, token, threads,
        };
        command.SetAction((line, cancel) => RunAsync(
            line.GetRequiredValue(federation),
            line.GetRequiredValue(id),
            ReadToken(line.GetValue(token)),
            Read(line.GetRequiredValue(data), line.GetValue(shard), line.GetValue(dirichlet), line.GetValue(seed)),
            line.GetValue(threads),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Uri federation, string id, string? token, Dataset data, int threads, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = RequestTimeout };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { Threads = Math.Max(1, threads) });
        var trainer = new LocalTrainer(accelerator, data);
        var client = new FederationClient(http, federation, new FederationClientOptions(), new Random(StringComparer.Ordinal.GetHashCode(id)), TimeProvider.System);
        var watcher = new LineWatcher(id);
        try
        {
            var summary = await new FederationParticipant(client, id, trainer, watcher).RunAsync(cancel);
            Summarize(id, summary, trainer);
            return ExitCodes.Success;
        }
        catch (FederationClientException e)
        {
            throw new CommandException(e.Message, ExitCodes.Unavailable);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new CommandException($"the model of {federation} cannot be trained on this data: {e.Message}");
        }
    }

    private static void Summarize(string id, ParticipationSummary summary, LocalTrainer trainer)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{id}: finished with model {summary.ModelVersion}; took part in {summary.Rounds.Count} rounds, included in {summary.Included}");
        if (summary is { Manifest: { } manifest, Weights: { } weights })
            text += string.Create(CultureInfo.InvariantCulture, $"; right on {100 * trainer.Evaluate(manifest, weights).Accuracy:0.0} % of {trainer.Examples} own examples");
        Console.WriteLine(text);
        foreach (var reason in summary.NotIncluded)
            Console.WriteLine($"{id}: not included in {reason}");
    }

    /// <summary>From a file, since everyone on a machine can read its command lines.</summary>
    private static string? ReadToken(string? file)
    {
        if (file is null)
            return null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } token
                ? token
                : throw new CommandException($"--token-file \"{file}\" is empty: it must hold the token that the federation's Secret has for this client.", ExitCodes.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--token-file \"{file}\" cannot be read: {e.Message}", ExitCodes.Usage);
        }
    }

    private static Dataset Read(string data, string? shard, double concentration, ulong seed)
    {
        if (data.Split(',') is not [var images, var labels])
            throw new CommandException($"--data \"{data}\" is not IMAGES,LABELS: two files of the IDX format.", ExitCodes.Usage);
        try
        {
            var all = IdxDataset.Read(images, labels);
            return shard is null ? all : Take(all, shard, concentration, seed);
        }
        catch (DatasetException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static Dataset Take(Dataset all, string shard, double concentration, ulong seed)
    {
        if (shard.Split('/') is not [var part, var parts]
            || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(parts, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || index >= count || count > all.Count)
            throw new CommandException($"--shard \"{shard}\" is not I/N: a part from 0 to N-1 of N parts, no more than the {all.Count} examples.", ExitCodes.Usage);
        if (concentration < 0)
            throw new CommandException($"--dirichlet {concentration.ToString(CultureInfo.InvariantCulture)} is negative.", ExitCodes.Usage);
        return all.Take(concentration == 0
            ? [.. Enumerable.Range(0, all.Count).Where(example => example % count == index)]
            : DirichletPartition.Split(all, count, concentration, seed)[index]);
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return uri;
        result.AddError($"--federation \"{result.Tokens[0].Value}\" is no URL: expected http://HOST:PORT/federations/NAMESPACE/NAME.");
        return null;
    }

    private sealed class LineWatcher(string id) : IProgress<ParticipationEvent>
    {
        public void Report(ParticipationEvent value) =>
            Console.WriteLine(value.Round > 0 ? string.Create(CultureInfo.InvariantCulture, $"{id}: round {value.Round}: {value.Message}") : $"{id}: {value.Message}");
    }
}
