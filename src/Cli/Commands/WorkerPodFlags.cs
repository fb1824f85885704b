using System.CommandLine;
using Hearth.Policies.Pods;

namespace Hearth.Cli.Commands;

/// <summary>What the administrator decides about worker pods; the operator and the gateway are told the same.</summary>
internal sealed class WorkerPodFlags
{
    private static readonly WorkerPodOptions Defaults = new();

    private readonly Option<string> _image = Flag.With("--worker-image", "Image of pools that name none.", Defaults.DefaultImage);
    private readonly Option<int> _dataPort = Flag.With("--worker-data-port", "Port of a worker's role.", Defaults.DataPort);
    private readonly Option<int> _controlPort = Flag.With("--worker-control-port", "Control port of a worker.", Defaults.ControlPort);
    private readonly Option<string?> _cache =
        Flag.Of<string?>("--worker-cache-host-path", "Directory of a node that its workers share as artifact cache.", "PATH");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_image, _dataPort, _controlPort, _cache])
            command.Add(option);
    }

    /// <summary>What the command line says.</summary>
    public WorkerPodOptions Read(ParseResult line) => new()
    {
        DefaultImage = line.GetRequiredValue(_image),
        DataPort = line.GetValue(_dataPort),
        ControlPort = line.GetValue(_controlPort),
        CacheHostPath = line.GetValue(_cache),
    };
}
