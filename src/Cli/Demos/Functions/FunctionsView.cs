using System.Globalization;
using Hearth.Cli.Demos.Serving;
using Spectre.Console;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Tables of the functions demo.</summary>
internal sealed class FunctionsView(DemoScreen screen)
{
    private const int BarColumns = 30;

    /// <summary>Where the time of a cold start went.</summary>
    public void ShowColdStart(Answer answer)
    {
        if (answer.ColdStart is not { } timing)
        {
            screen.Say("a worker served the function already");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("cold start", "ms", "");
        foreach (var (name, value) in ((string, double)[])
            [
                ("podAllocation", timing.PodAllocation), ("deployCode", timing.DeployCode), ("deployDependency", timing.DeployDependency),
                ("scheduling", timing.Scheduling),
            ])
        {
            table.AddRow(name, Ms(value), new string('█', (int)Math.Round(BarColumns * value / Math.Max(timing.Total, 0.001))));
        }
        table.AddRow($"total ({timing.Path})", Ms(timing.Total), "");
        table.AddRow("first byte at the caller", Ms(answer.FirstByte.TotalMilliseconds), "");
        screen.Show(table);
    }

    /// <summary>Each picture with the digit that the function reads in it.</summary>
    public void ShowPictures(IReadOnlyList<(string Name, Picture Picture)> pictures, IReadOnlyList<Answer> answers) =>
        PictureGrid.Show(screen, pictures.Zip(answers, (p, answer) => (p.Picture, Verdict(p.Name, answer))));

    /// <summary>The outputs of a model.</summary>
    public void ShowOutputs(IReadOnlyList<Tensor> outputs)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("output", "type", "shape", "sum");
        foreach (var output in outputs)
            table.AddRow(Markup.Escape(output.Name), $"{output.Type}", Markup.Escape($"{output.Shape}"), Number(output.Numbers().Sum(), "0.######"));
        screen.Show(table);
    }

    /// <summary>The line of the cold starts over the warm pool; <paramref name="warm"/> is what a warm answer takes.</summary>
    public void ShowCycles(IReadOnlyList<Answer> answers, double warm)
    {
        var firstByte = Latencies.Median([.. answers.Select(a => a.FirstByte.TotalMilliseconds)]);
        var load = Latencies.Median([.. answers.Select(a => a.ColdStart!.DeployDependency)]);
        screen.Say($"first byte from zero over the warm pool, median of {answers.Count}: {Ms(firstByte)} ms");
        screen.Say($"the model's load alone: {Ms(load)} ms; beyond it: {Ms(firstByte - load)} ms, of which a warm answer takes {Ms(warm)} ms");
    }

    /// <summary>The latencies side by side.</summary>
    public void ShowSummary(IReadOnlyList<Answer> cold, Answer created, IReadOnlyList<double> warm)
    {
        screen.Step("summary");
        var pool = cold.Select(a => a.FirstByte.TotalMilliseconds).ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumns("first byte", "requests", "p50 ms", "p99 ms");
        table.AddRow("warm worker", $"{warm.Count}", Ms(Latencies.Quantile(warm, 0.5)), Ms(Latencies.Quantile(warm, 0.99)));
        table.AddRow("cold, from the pool", $"{pool.Count}", Ms(Latencies.Quantile(pool, 0.5)), Ms(Latencies.Quantile(pool, 0.99)));
        table.AddRow("cold, pod created", "1", Ms(created.FirstByte.TotalMilliseconds), "");
        screen.Show(table);
    }

    private static string Verdict(string name, Answer answer)
    {
        var probabilities = answer.ReadOutputs()[0].Numbers().ToList();
        var best = probabilities.IndexOf(probabilities.Max());
        return $"{name}: {best} ({Number(probabilities[best] * 100, "0")} %)";
    }

    private static string Ms(double value) => Number(value, "0.00");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
