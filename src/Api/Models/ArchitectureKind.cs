namespace Hearth.Api.Models;

/// <summary>Which built-in model.</summary>
public enum ArchitectureKind
{
    /// <summary>One linear layer to the classes (multinomial logistic regression).</summary>
    SoftmaxRegression,

    /// <summary>A multi-layer perceptron: linear layers of the hidden widths with ReLU behind each, and one to the classes.</summary>
    Mlp,
}
