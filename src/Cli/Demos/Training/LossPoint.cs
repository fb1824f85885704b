namespace Hearth.Cli.Demos.Training;

/// <summary>A loss that the job's status showed.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Loss">Loss of the latest step's examples, in nats.</param>
internal sealed record LossPoint(long Step, double Loss);
