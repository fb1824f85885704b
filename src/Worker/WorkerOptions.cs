using System.Globalization;
using System.Net;
using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Compute.Devices;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker;

/// <summary>How a worker runs.</summary>
public sealed record WorkerOptions
{
    /// <summary>Address to listen on. Defaults to any.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>Port of the role; 0 for any free one. Defaults to <see cref="HearthApi.WorkerDataPort"/>.</summary>
    public int DataPort { get; init; } = HearthApi.WorkerDataPort;

    /// <summary>Port of the control endpoint; 0 for any free one. Defaults to <see cref="HearthApi.ControlPort"/>.</summary>
    public int ControlPort { get; init; } = HearthApi.ControlPort;

    /// <summary>Bearer token that <c>/assignment</c> demands. There is no default.</summary>
    public string Token { get; init; } = "";

    /// <summary>Directory of the artifact cache. Defaults to <c>/var/cache/hearth</c>.</summary>
    public string CacheDirectory { get; init; } = "/var/cache/hearth";

    /// <summary>Where volumes lie that are not at their mount paths, as <see cref="WorkerEnvironment.Mounts"/> says it.</summary>
    public string? Mounts { get; init; }

    /// <summary>Which PersistentVolumeClaims are mounted, as <see cref="WorkerEnvironment.Claims"/> says it.</summary>
    public string? Claims { get; init; }

    /// <summary>Largest size of the artifact cache in bytes. Defaults to 10 GiB.</summary>
    public long CacheBytes { get; init; } = 10L << 30;

    /// <summary>Memory in bytes that models may take which stay loaded when their assignment ends; 0 keeps none. Defaults to 0.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Directory in memory that the workers of the node share. Defaults to none: aggregators then share nothing.</summary>
    public string? NodeShare { get; init; }

    /// <summary>Largest size of that directory, or of the one of its own that an aggregator has without, in bytes. Defaults to 1 GiB.</summary>
    public long NodeShareBytes { get; init; } = 1L << 30;

    /// <summary>Whether an aggregator that is alone folds updates only when a round's end has come, for measurements. Defaults to false.</summary>
    public bool FoldsLate { get; init; }

    /// <summary>ONNX Runtime's library. Defaults to the usual places.</summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>What aggregators and trainers work on. Defaults to the first GPU, or else the host's cores.</summary>
    public AcceleratorChoice Accelerator { get; init; } = AcceleratorChoice.Auto;

    /// <summary>Largest request body in bytes where the assignment names none. Defaults to 64 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>Longest wait for running requests when an assignment is released or the worker stops. Defaults to 25 seconds, which leaves
    /// some of a pod's usual 30 to stop in.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Options from the variables of <see cref="WorkerEnvironment"/>.</summary>
    /// <param name="variable">Value of a variable; null when it is not set.</param>
    /// <exception cref="ArgumentException">Some are wrong; names each.</exception>
    public static WorkerOptions FromEnvironment(Func<string, string?> variable)
    {
        var defaults = new WorkerOptions();
        var faults = new List<string>();
        var options = new WorkerOptions
        {
            Address = Read(WorkerEnvironment.PodIP, defaults.Address, "an IP address"),
            DataPort = Read<ushort>(WorkerEnvironment.DataPort, (ushort)defaults.DataPort, "a port"),
            ControlPort = Read<ushort>(WorkerEnvironment.ControlPort, (ushort)defaults.ControlPort, "a port"),
            Token = variable(WorkerEnvironment.Token) ?? "",
            CacheDirectory = variable(WorkerEnvironment.CacheDirectory) is { Length: > 0 } directory ? directory : defaults.CacheDirectory,
            CacheBytes = Read(WorkerEnvironment.CacheBytes, defaults.CacheBytes, "a number of bytes"),
            ResidentBytes = Read(WorkerEnvironment.ResidentBytes, defaults.ResidentBytes, "a number of bytes"),
            Mounts = variable(WorkerEnvironment.Mounts),
            NodeShare = variable(WorkerEnvironment.NodeShare),
            NodeShareBytes = Read(WorkerEnvironment.NodeShareBytes, defaults.NodeShareBytes, "a number of bytes"),
            FoldsLate = Read(WorkerEnvironment.FoldLate, defaults.FoldsLate, "true or false"),
            Claims = variable(WorkerEnvironment.Claims),
            OnnxRuntimePath = variable(OnnxRuntimeLibrary.PathVariable),
            Accelerator = ReadAccelerator(defaults.Accelerator),
        };
        faults.AddRange(options.Validate());
        return faults.Count == 0 ? options : throw new ArgumentException(string.Join(" ", faults), nameof(variable));

        AcceleratorChoice ReadAccelerator(AcceleratorChoice fallback)
        {
            if (variable(WorkerEnvironment.Accelerator) is not { Length: > 0 } text)
                return fallback;
            if (Enum.TryParse<AcceleratorChoice>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice))
                return choice;
            faults.Add($"{WorkerEnvironment.Accelerator} is '{text}', expected one of {string.Join(", ", Enum.GetNames<AcceleratorChoice>())}.");
            return fallback;
        }

        T Read<T>(string name, T fallback, string expected)
            where T : ISpanParsable<T>
        {
            if (variable(name) is not { Length: > 0 } text)
                return fallback;
            if (T.TryParse(text, CultureInfo.InvariantCulture, out var value))
                return value;
            faults.Add($"{name} is '{text}', expected {expected}.");
            return fallback;
        }
    }

    /// <summary>What is wrong, a sentence each.</summary>
    public IEnumerable<string> Validate()
    {
        if (Token.Length == 0)
            yield return $"{WorkerEnvironment.Token} is not set; it must be the token of the pool's Secret, since whoever knows it decides what the worker runs.";
        if (CacheBytes <= 0)
            yield return $"{WorkerEnvironment.CacheBytes} is {CacheBytes}, expected a number of bytes above 0.";
        if (ResidentBytes < 0)
            yield return $"{WorkerEnvironment.ResidentBytes} is {ResidentBytes}, expected a number of bytes, or 0 to keep no model loaded.";
        if (NodeShareBytes <= 0)
            yield return $"{WorkerEnvironment.NodeShareBytes} is {NodeShareBytes}, expected a number of bytes above 0.";
    }
}
