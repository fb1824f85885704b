using System.Text.Json;
using Hearth.Api.TrainingJobs;
using Hearth.Cli.Demos.Digits;
using Hearth.Cli.Demos.Training;

namespace Hearth.Cli.Tests.Demos.Training;

public sealed class TrainingManifestsTests
{
    [Fact]
    public void MakeJob_OfTheDemo_IsValid()
    {
        var manifest = TrainingManifests.MakeJob("demo", "pool", 3, 500, new("/d/a b", "/d/b", "/d/c", "/d/d"), "/folder");

        var job = manifest.Deserialize(TrainingJob.JsonTypeInfo)!;
        Assert.Empty(TrainingJobValidation.Validate(job));
        Assert.Equal((3, 500L, 50), (job.Spec.Workers.Count, job.Spec.Program.Builtin!.Steps, job.Spec.Checkpoint!.EverySteps));
        Assert.Equal("file:///d/a%20b", job.Spec.Program.Builtin.Dataset.Train.Images);
        Assert.Equal("file:///folder/model", job.Spec.Output!.Uri);
    }
}
