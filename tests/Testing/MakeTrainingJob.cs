using Hearth.Api.TrainingJobs;

namespace Hearth.Testing;

/// <summary>A TrainingJob as a user writes it: <c>new MakeTrainingJob("t").Workers(3).Build()</c>.</summary>
public sealed class MakeTrainingJob(string name = "tj")
{
    private readonly TrainingJob _job = new()
    {
        ApiVersion = TrainingJob.Definition.ApiVersion,
        Kind = TrainingJob.Definition.Kind,
        Metadata = new() { Name = name, Namespace = MakeFunction.DefaultNamespace },
        Spec = new()
        {
            Program = new()
            {
                Builtin = new()
                {
                    Architecture = new() { Hidden = [16] },
                    Dataset = new() { Train = new() { Images = "file:///data/images", Labels = "file:///data/labels" } },
                    Epochs = 1,
                },
            },
            Output = new() { Uri = "file:///models/tj" },
        },
    };

    public MakeTrainingJob Workers(int count)
    {
        _job.Spec.Workers = new() { Count = count };
        return this;
    }

    public MakeTrainingJob Pool(string pool)
    {
        _job.Spec.Pool = pool;
        return this;
    }

    public MakeTrainingJob RunPolicy(RunPolicy policy)
    {
        _job.Spec.RunPolicy = policy;
        return this;
    }

    public MakeTrainingJob Checkpoint(string uri, int everySteps = 10)
    {
        _job.Spec.Checkpoint = new() { Uri = uri, EverySteps = everySteps };
        return this;
    }

    public MakeTrainingJob Container(string image, params IReadOnlyList<string> command)
    {
        _job.Spec.Program = new() { Container = new() { Image = image, Command = command } };
        _job.Spec.Output = null;
        return this;
    }

    public MakeTrainingJob Suspend()
    {
        _job.Spec.Suspend = true;
        return this;
    }

    public MakeTrainingJob ManagedBy(string manager)
    {
        _job.Spec.ManagedBy = manager;
        return this;
    }

    public MakeTrainingJob With(Action<TrainingJob> change)
    {
        change(_job);
        return this;
    }

    /// <summary>As if it had been stored: with a uid and a generation.</summary>
    public MakeTrainingJob Stored(string uid = "job-uid", long generation = 1)
    {
        _job.Metadata.Uid = uid;
        _job.Metadata.Generation = generation;
        return this;
    }

    public TrainingJob Build() => _job;
}
