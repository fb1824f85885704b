using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>How weights follow their gradients.</summary>
[ValidationRule("!has(self.learningRate) || self.learningRate > 0.0", Message = NotPositive, FieldPath = ".learningRate")]
[ValidationRule("self.weightDecay >= 0.0", Message = Negative, FieldPath = ".weightDecay")]
[ValidationRule("self.momentum >= 0.0 && self.momentum < 1.0", Message = NotBelowOne, FieldPath = ".momentum")]
[ValidationRule("self.name == 'Sgd' || (self.momentum == 0.0 && !self.nesterov)", Message = MomentumWithoutSgd, FieldPath = ".momentum")]
[ValidationRule("!self.nesterov || self.momentum > 0.0", Message = NesterovWithoutMomentum, FieldPath = ".nesterov")]
public sealed record TrainingOptimizer
{
    internal const string NotPositive = "must be above 0";
    internal const string Negative = "must not be below 0";
    internal const string NotBelowOne = "must be from 0 to less than 1";
    internal const string MomentumWithoutSgd = "only Sgd takes momentum and nesterov";
    internal const string NesterovWithoutMomentum = "nesterov needs momentum";

    /// <summary>Which one.</summary>
    public OptimizerName Name { get; set; } = OptimizerName.Adam;

    /// <summary>Step width. Empty means 0.001 for Adam and 0.1 for Sgd.</summary>
    public double? LearningRate { get; set; }

    /// <summary>L2 penalty, added to the gradient.</summary>
    public double WeightDecay { get; set; }

    /// <summary>What Sgd keeps of its last step.</summary>
    public double Momentum { get; set; }

    /// <summary>Whether Sgd takes the gradient as after the momentum's step.</summary>
    public bool Nesterov { get; set; }
}
