using Hearth.Api.Core;
using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>A container that trains; one runs on each worker, which is a pod of its own.</summary>
/// <remarks>
/// It gets what PyTorch's <c>env://</c> needs: RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, GROUP_RANK, MASTER_ADDR, MASTER_PORT. The job has succeeded when
/// all have exited with 0; when one exits otherwise, all are stopped and started anew, <c>backoffLimit</c> times.
/// </remarks>
public sealed record TrainingContainer
{
    /// <summary>Image to run.</summary>
    [Length(1, 512)]
    [Required]
    public string Image { get; set; } = "";

    /// <summary>Command instead of the image's entry point.</summary>
    [Items(64)]
    public IReadOnlyList<string>? Command { get; set; }

    /// <summary>Arguments of the command.</summary>
    [Items(256)]
    public IReadOnlyList<string>? Args { get; set; }

    /// <summary>Environment, as in a pod; it cannot set the variables above.</summary>
    [Items(256)]
    [PreserveUnknownFields]
    public IReadOnlyList<V1EnvVar>? Env { get; set; }
}
