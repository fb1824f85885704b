namespace Hearth.Cli.Simulation;

/// <summary>Which columns of a CSV file mean what.</summary>
internal sealed record TraceFormat
{
    /// <summary>The formats known by name.</summary>
    public static IReadOnlyDictionary<string, TraceFormat> Known { get; } = new Dictionary<string, TraceFormat>
    {
        ["csv"] = new(),
        ["alibaba-genai"] = new()
        {
            Time = "gmt_create",
            Function = ["checkpoint_model_version_id"],
            Duration = "exec_time_seconds",
            ColdStart = ColdStartModel.GenAi,
        },
        // Each combination of resources is a class of worker; a pod is a request for one.
        ["alibaba-gpu"] = new()
        {
            Time = "creation_time",
            Function = ["cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "gpu_spec"],
            Start = "scheduled_time",
            End = "deletion_time",
            ColdStart = ColdStartModel.GenAi,
        },
        // 30 ms a token, as one request of a large model takes on one GPU.
        ["azure-llm"] = new() { Time = "TIMESTAMP", Duration = "GeneratedTokens", DurationScale = 0.03, ColdStart = ColdStartModel.GenAi },
        ["huawei-requests"] = new() { Time = "time_worker", Function = ["funcName"], Duration = "totalCost_worker" },
    };

    /// <summary>When a request arrived: seconds, or a date and time.</summary>
    public string Time { get; init; } = "time";

    /// <summary>Whose request it is: one column or more; none means that all are of one function.</summary>
    public IReadOnlyList<string> Function { get; init; } = [];

    /// <summary>How long it took; null where <see cref="End"/> says it, or where all take the same.</summary>
    public string? Duration { get; init; }

    /// <summary>Seconds that 1 in the duration's column means.</summary>
    public double DurationScale { get; init; } = 1;

    /// <summary>When it began to be served; null means when it arrived.</summary>
    public string? Start { get; init; }

    /// <summary>When it ended.</summary>
    public string? End { get; init; }

    /// <summary>Seconds that a request takes where no column says so.</summary>
    public double FixedDuration { get; init; } = 1;

    /// <summary>Times of cold starts.</summary>
    public ColdStartModel ColdStart { get; init; } = ColdStartModel.Huawei;
}
