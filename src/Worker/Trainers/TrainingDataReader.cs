using System.Collections.Immutable;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.TrainingJobs;
using Hearth.Training.Datasets;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions;

namespace Hearth.Worker.Trainers;

/// <summary>Brings a program's data to this worker and into memory.</summary>
internal sealed class TrainingDataReader(ArtifactCache artifacts, string assignmentId, ProgressLog progress)
{
    /// <summary>Reads the examples to learn from and, where there are any, those held out.</summary>
    /// <exception cref="AssignmentException">A file is missing or malformed, or they do not fit each other.</exception>
    public async Task<(Dataset Train, Dataset? Test)> ReadAsync(BuiltinProgram program, CancellationToken cancellation)
    {
        ImmutableArray<string>? named = program.Architecture.Classes is { Count: > 0 } classes ? [.. classes] : null;
        try
        {
            var train = await ReadAsync(program.Dataset, program.Dataset.Train, named, cancellation);
            if (program.Dataset.Test is not { } source)
                return (train, null);
            var test = await ReadAsync(program.Dataset, source, train.Classes, cancellation);
            if (!test.ExampleShape.Equals(train.ExampleShape))
                throw TrainingFailures.InvalidDataset($"The held-out examples have shape {test.ExampleShape}, those to learn from {train.ExampleShape}.");
            return test.Count > 0 ? (train, test) : throw TrainingFailures.InvalidDataset("There are no held-out examples.");
        }
        catch (DatasetException e)
        {
            throw TrainingFailures.InvalidDataset(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw AssignmentException.Unavailable($"The data cannot be read: {e.Message}", retriable: e is IOException, e);
        }
    }

    private async Task<Dataset> ReadAsync(TrainingDataset format, DatasetSource source, ImmutableArray<string>? classes, CancellationToken cancellation)
    {
        if (format.Format == DatasetFormat.Idx)
        {
            using var images = await FetchAsync(source.Images!, cancellation);
            using var labels = await FetchAsync(source.Labels!, cancellation);
            var numbered = IdxDataset.Read(images.Path, labels.Path, classes?.Length);
            images.ThrowIfReplaced();
            labels.ThrowIfReplaced();
            // The files have numbers only; the names are the user's.
            return classes is { } names ? numbered.WithClasses(names) : numbered;
        }
        using var table = await FetchAsync(source.Uri!, cancellation);
        var csv = format.Csv ?? new CsvFormat();
        var data = CsvDataset.Read(table.Path, new CsvOptions { Label = csv.Label, Header = csv.Header, Separator = csv.Separator[0], Classes = classes });
        table.ThrowIfReplaced();
        return data;
    }

    private Task<Artifact> FetchAsync(string uri, CancellationToken cancellation) =>
        artifacts.FetchAsync(new ModelReference { Uri = uri }, new FetchProgressLines(assignmentId, progress), cancellation);
}
