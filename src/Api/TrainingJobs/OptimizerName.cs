namespace Hearth.Api.TrainingJobs;

/// <summary>Which optimizer.</summary>
public enum OptimizerName
{
    /// <summary>Adam (Kingma and Ba, ICLR 2015).</summary>
    Adam,

    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}
