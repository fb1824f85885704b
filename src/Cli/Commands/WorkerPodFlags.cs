using System.CommandLine;
using Hearth.Policies.Pods;

namespace Hearth.Cli.Commands;

/// <summary>What the administrator decides about worker pods; the operator and the gateway are told the same.</summary>
internal sealed class WorkerPodFlags
{
    private static readonly WorkerPodOptions Defaults = new();

    private readonly Option<string> _image = new("--worker-image") { Description = "Image of pools that name none.", DefaultValueFactory = _ => Defaults.DefaultImage };
    private readonly Option<int> _dataPort = new("--worker-data-port") { Description = "Port of a worker's role.", DefaultValueFactory = _ => Defaults.DataPort };
    private readonly Option<int> _controlPort = new("--worker-control-port") { Description = "Control port of a worker.", DefaultValueFactory = _ => Defaults.ControlPort };
    private readonly Option<string?> _cache = new("--worker-cache-host-path") { Description = "Directory of a node that its workers share as artifact cache.", HelpName = "PATH" };

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
