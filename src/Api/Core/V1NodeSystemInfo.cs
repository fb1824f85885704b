using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Facts about a node.</summary>
public sealed record V1NodeSystemInfo : Extensible
{
    public string? Architecture { get; set; }
    public string? OperatingSystem { get; set; }
    public string? OsImage { get; set; }
    public string? KernelVersion { get; set; }
    public string? ContainerRuntimeVersion { get; set; }
    public string? KubeletVersion { get; set; }
}
