using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Demos;

/// <summary>What a demo works with.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Objects">What it puts there.</param>
/// <param name="Http">For its requests.</param>
/// <param name="Screen">What it shows.</param>
/// <param name="Time">The clock.</param>
internal sealed record DemoStage(DemoCluster Cluster, DemoObjects Objects, HttpClient Http, DemoScreen Screen, TimeProvider Time)
{
    /// <summary>Plays a demo and clears up behind it, however it ends.</summary>
    public static async Task PlayAsync(DemoSetting setting, ILoggerFactory logs, Func<DemoStage, Task> demo, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var screen = DemoScreen.Create(time);
        screen.Title(setting.Title);
        screen.Step(setting.Kubeconfig is null ? $"start a cluster of {setting.Nodes} nodes in this process" : $"use the cluster of \"{setting.Kubeconfig}\"");
        await using var cluster = setting.Kubeconfig is { } kubeconfig
            ? DemoCluster.Join(kubeconfig, setting.Gateway, time, logs)
            : await DemoCluster.StartAsync(setting.Nodes, setting.BringsPool, time, logs, cancel);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var stage = new DemoStage(cluster, new(cluster.Client), http, screen, time);
        try
        {
            await demo(stage);
        }
        finally
        {
            if (!cluster.IsOwn)
                await stage.Objects.RemoveAsync(CancellationToken.None);
        }
    }
}
