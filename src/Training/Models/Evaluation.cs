namespace Hearth.Training.Models;

/// <summary>How well a model does on data.</summary>
/// <param name="Loss">Mean cross-entropy of the examples, in nats.</param>
/// <param name="Accuracy">Share of the examples whose most probable class is theirs, 0 to 1.</param>
public readonly record struct Evaluation(double Loss, double Accuracy);
