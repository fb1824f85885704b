namespace Hearth.Benchmarks;

/// <summary>Answers one question about speed, with everything it compares measured in one run.</summary>
internal interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured against what, and why that is fair.</summary>
    string Question { get; }

    /// <summary>Measures.</summary>
    Task<BenchmarkRow> RunAsync(CancellationToken cancel);
}
