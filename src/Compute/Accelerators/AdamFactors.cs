namespace Hearth.Compute.Accelerators;

/// <summary>What is the same for every element of a step of Adam.</summary>
internal readonly struct AdamFactors(AdamOptions options, long step)
{
    public float Beta1 { get; } = options.Beta1;

    public float Beta2 { get; } = options.Beta2;

    public float Epsilon { get; } = options.Epsilon;

    public float WeightDecay { get; } = options.WeightDecay;

    /// <summary>Learning rate with the mean's bias taken out.</summary>
    public float Rate { get; } = (float)(options.LearningRate / (1 - Math.Pow(options.Beta1, step)));

    /// <summary>What takes the bias out of the variance's root.</summary>
    public float RootFactor { get; } = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
}
