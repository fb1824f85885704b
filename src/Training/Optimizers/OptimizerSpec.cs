using System.Text.Json.Serialization;
using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>How parameters follow their gradients, as a training is configured.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SgdSpec), "Sgd")]
[JsonDerivedType(typeof(AdamSpec), "Adam")]
public abstract record OptimizerSpec
{
    /// <summary>Step width.</summary>
    public float LearningRate { get; set; }

    /// <summary>L2 penalty, added to the gradient. Defaults to 0.</summary>
    public float WeightDecay { get; set; }

    /// <summary>Everything that is wrong with it.</summary>
    internal virtual IEnumerable<string> FindFaults()
    {
        if (!float.IsFinite(LearningRate) || LearningRate <= 0)
            yield return $"optimizer.learningRate is {LearningRate}, expected a positive number";
        if (!float.IsFinite(WeightDecay) || WeightDecay < 0)
            yield return $"optimizer.weightDecay is {WeightDecay}, expected 0 or a positive number";
    }

    /// <summary>Makes the optimizer for so many parameters, at its beginning.</summary>
    internal abstract Optimizer Build(AcceleratorStream stream, long parameters);
}
