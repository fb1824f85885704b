using System.Net;
using System.Net.Sockets;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Cli.Tests.Local;

public sealed class LocalClusterTests : IDisposable
{
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"hearth-test-{Guid.NewGuid():N}.kubeconfig");

    public void Dispose() => File.Delete(_kubeconfig);

    [Fact]
    public async Task StartAsync_WithoutParts_RunsTheRestAlone()
    {
        await using var cluster = await StartAsync(new() { Without = new HashSet<LocalPart> { LocalPart.Operator, LocalPart.Gateway, LocalPart.Nodes } });

        Assert.Null(cluster.Gateway);
        Assert.Empty((await cluster.Client.ListAsync<Hearth.Api.Core.V1Node>(null)).Items);
        Assert.Equal(2, (await cluster.Client.GetAsync<WorkerPool>("default", "default"))!.Spec.Warm.Min);
    }

    [Fact]
    public async Task StartAsync_TwoClusters_RunSideBySide()
    {
        await using var first = await StartAsync(new() { Nodes = 1, GatewayPort = 0, Warm = null });
        var other = _kubeconfig + ".other";
        await using var second = await LocalCluster.StartAsync(
            new() { Nodes = 1, GatewayPort = 0, Warm = null, Kubeconfig = other }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

        var (a, b) = (await NodeAddressAsync(first), await NodeAddressAsync(second));

        Assert.NotEqual(a, b);
        Assert.NotEqual(first.Gateway, second.Gateway);
    }

    [Fact]
    public async Task StartAsync_GatewayPortTaken_SaysHowToChooseAnother()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var fault = await Assert.ThrowsAsync<CommandException>(() => StartAsync(new() { GatewayPort = port }));

        Assert.Contains($"port {port}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--gateway-port", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_kubeconfig));
    }

    [Fact]
    public async Task StartAsync_KubeconfigOfTheUsersOwn_IsNotTouched()
    {
        await File.WriteAllTextAsync(_kubeconfig, "apiVersion: v1\n");

        var fault = await Assert.ThrowsAsync<CommandException>(() => StartAsync(new() { GatewayPort = 0, Warm = null }));

        Assert.Contains("--kubeconfig", fault.Message, StringComparison.Ordinal);
        Assert.Equal("apiVersion: v1\n", await File.ReadAllTextAsync(_kubeconfig));
    }

    private Task<LocalCluster> StartAsync(LocalClusterOptions options) => LocalCluster.StartAsync(
        options with { Kubeconfig = _kubeconfig }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    private static async Task<string> NodeAddressAsync(LocalCluster cluster) =>
        (await cluster.Client.GetAsync<Hearth.Api.Core.V1Node>("node-1", null))!.Status!.Addresses![0].Address;
}
