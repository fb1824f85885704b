using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Crds;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Tests.Samples;

/// <summary>The <c>Program.cs</c> of the operator in the README.</summary>
internal static class GreetingProgram
{
    public static async Task MainAsync(string[] args)
    {
        if (args is ["crd"])
        {
            Console.WriteLine(CrdGenerator.Generate<Greeting>());
            return;
        }
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) => { e.Cancel = true; stop.Cancel(); };
        using var logs = LoggerFactory.Create(builder => builder.AddConsole());
        var configuration = KubernetesClientConfiguration.BuildDefaultConfig() with { FieldManager = "greeter" };
        using var client = new KubernetesClient(configuration, TimeProvider.System, logs);
        var host = new ControllerHost(client, new() { Name = "greeter" }, TimeProvider.System, logs);
        host.AddController(new GreetingController(client), b => b.Owns<V1ConfigMap>());
        await host.RunAsync(stop.Token);
    }
}
