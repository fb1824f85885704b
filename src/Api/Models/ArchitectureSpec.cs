using Hearth.Api.Schema;

namespace Hearth.Api.Models;

/// <summary>A built-in model, a classifier, that starts from random weights.</summary>
[ValidationRule("self.kind != 'Mlp' || (has(self.hidden) && size(self.hidden) > 0)", Message = MlpWithoutHidden, FieldPath = ".hidden")]
[ValidationRule("self.kind != 'SoftmaxRegression' || !has(self.hidden) || size(self.hidden) == 0", Message = HiddenWithoutMlp, FieldPath = ".hidden")]
[ValidationRule("!has(self.hidden) || self.hidden.all(width, width >= 1)", Message = NotPositive, FieldPath = ".hidden")]
[ValidationRule("!has(self.inputShape) || self.inputShape.all(dimension, dimension >= 1)", Message = NotPositive, FieldPath = ".inputShape")]
[ValidationRule("!has(self.classes) || size(self.classes) >= 2", Message = TooFewClasses, FieldPath = ".classes")]
public sealed record ArchitectureSpec
{
    internal const string MlpWithoutHidden = "an Mlp needs the width of at least one hidden layer";
    internal const string NotPositive = "every entry must be 1 or more";
    internal const string TooFewClasses = "a classifier needs two classes or more";
    internal const string HiddenWithoutMlp = "SoftmaxRegression has no hidden layers";

    /// <summary>Which built-in model.</summary>
    public ArchitectureKind Kind { get; set; } = ArchitectureKind.Mlp;

    /// <summary>Widths of the hidden layers, for an Mlp.</summary>
    [Items(16)]
    public IReadOnlyList<int>? Hidden { get; set; }

    /// <summary>Dimensions of one example. Empty means those of the data.</summary>
    [Items(8)]
    public IReadOnlyList<int>? InputShape { get; set; }

    /// <summary>Names of the classes. Empty means those of the data.</summary>
    [Items(1000)]
    public IReadOnlyList<string>? Classes { get; set; }

    /// <summary>Subtracted from every input element first.</summary>
    public double Mean { get; set; }

    /// <summary>Multiplies every input element after the mean was subtracted; 0.00392156862745098 takes bytes to 0..1.</summary>
    public double Scale { get; set; } = 1;

    /// <summary>Every fault that the schema alone does not express, below <paramref name="path"/>.</summary>
    public IEnumerable<FieldError> Validate(string path)
    {
        var layers = Hidden?.Count ?? 0;
        if (Kind == ArchitectureKind.Mlp && layers == 0)
            yield return new($"{path}.hidden", MlpWithoutHidden);
        if (Kind == ArchitectureKind.SoftmaxRegression && layers > 0)
            yield return new($"{path}.hidden", HiddenWithoutMlp);
        if (Hidden?.Any(width => width < 1) == true)
            yield return new($"{path}.hidden", NotPositive);
        if (InputShape?.Any(dimension => dimension < 1) == true)
            yield return new($"{path}.inputShape", NotPositive);
        if (Classes is { Count: < 2 })
            yield return new($"{path}.classes", TooFewClasses);
    }
}
