using Hearth.Api.Core;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A container that serves HTTP.</summary>
public sealed record FunctionContainer
{
    /// <summary>Image to run.</summary>
    [Length(1, 512)]
    [Required]
    public string Image { get; set; } = "";

    /// <summary>Port on which the container serves.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = HearthApi.WorkerDataPort;

    /// <summary>Command instead of the image's entry point.</summary>
    [Items(64)]
    public IReadOnlyList<string>? Command { get; set; }

    /// <summary>Arguments of the command.</summary>
    [Items(256)]
    public IReadOnlyList<string>? Args { get; set; }

    /// <summary>Environment, as in a pod.</summary>
    [Items(256)]
    [PreserveUnknownFields]
    public IReadOnlyList<V1EnvVar>? Env { get; set; }
}
