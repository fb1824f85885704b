using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth demo</c>: what Hearth does, shown and measured.</summary>
internal static class DemoCommand
{
    public static Command Create() => new("demo", "Show and measure what Hearth does.")
    {
        FunctionsDemoCommand.Create(),
        TrainingDemoCommand.Create(),
        FederatedDemoCommand.Create(),
    };

    /// <summary>The option that names the cluster of a demo.</summary>
    public static Option<string?> Kubeconfig() =>
        Flag.Of<string?>("--kubeconfig", "Kubeconfig of a running cluster. Without it the demo starts one.", "FILE");

    /// <summary>The option that keeps what a demo measured.</summary>
    public static Option<string?> Report() => Flag.Of<string?>("--report", "Keep the figures, as JSON.", "FILE");

    /// <summary>The option that names digits.</summary>
    public static Option<string?> Data() => Flag.Of<string?>(
        "--data",
        "Digits as four IDX files under MNIST's names. Without it those in ../shared/data/mnist10k beside the repository, else digits that are drawn.",
        "FOLDER");

    /// <summary>An option that is a number from 1.</summary>
    public static Option<int> Count(string name, string description, int value)
    {
        var option = Flag.With(name, description, value);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} {result.GetValueOrDefault<int>()}: expected a number from 1.");
        });
        return option;
    }
}
