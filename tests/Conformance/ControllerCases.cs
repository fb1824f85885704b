using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Result = Hearth.Kubernetes.Controllers.ReconciliationResult<Hearth.Api.Core.V1ConfigMap>;

namespace Hearth.Conformance.Tests;

/// <summary>Controllers, their events and their leader election on every server.</summary>
[Collection(Servers.Collection)]
public sealed class ControllerCases(Servers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private KubernetesClient _client = null!;

    [Theory]
    [OnEveryServer]
    public async Task Owns_DependantDeleted_WakesItsOwner(string server)
    {
        var ns = await NamespaceAsync(server);
        await using var running = Run(ns, out var host, out var controller, b => b.Owns<V1Secret>());
        controller.Answer = async (entity, cancel) =>
        {
            if (host.Informer<V1Secret>().Get(entity.Name(), ns) is null)
                await CreateDependantAsync(entity, cancel);
            return Result.Success(entity);
        };
        using var created = new SemaphoreSlim(0);
        host.Informer<V1Secret>().Subscribe(change =>
        {
            if (change.Old is null)
                created.Release();
        });

        await _client.CreateAsync(Owner(ns));
        Assert.True(await created.WaitAsync(Patience));
        await _client.DeleteAsync<V1Secret>("owner", ns);

        Assert.True(await created.WaitAsync(Patience));
    }

    [Theory]
    [OnEveryServer]
    public async Task Watches_OtherObjectChanges_WakesWhatTheMapNames(string server)
    {
        var ns = await NamespaceAsync(server);
        await using var running = Run(
            ns, out _, out var controller, b => b.Watches<V1Secret>(s => s.Metadata.Labels is { } labels ? [new ObjectKey(ns, labels["for"])] : []));
        var owner = await _client.CreateAsync(Owner(ns));
        Assert.Equal($"reconcile {owner.Uid()}", await controller.NextCallAsync());

        await _client.CreateAsync(new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "other", Namespace = ns, Labels = new Dictionary<string, string> { ["for"] = "owner" } },
        });

        Assert.Equal($"reconcile {owner.Uid()}", await controller.NextCallAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Enqueue_FromOutside_WakesTheObject(string server)
    {
        var ns = await NamespaceAsync(server);
        ControllerBuilder<V1ConfigMap>? builder = null;
        await using var running = Run(ns, out _, out var controller, b => builder = b);
        var owner = await _client.CreateAsync(Owner(ns));
        await controller.NextCallAsync();

        builder!.Enqueue(new ObjectKey(ns, "owner"));

        Assert.Equal($"reconcile {owner.Uid()}", await controller.NextCallAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Deleted_Object_IsToldWithItsLastState(string server)
    {
        var ns = await NamespaceAsync(server);
        await using var running = Run(ns, out _, out var controller);
        var owner = await _client.CreateAsync(Owner(ns));
        await controller.NextCallAsync();

        await _client.DeleteAsync<V1ConfigMap>("owner", ns);

        Assert.Equal($"deleted {owner.Uid()}", await controller.NextCallAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Events_SameTwice_AreOneWithACount(string server)
    {
        var ns = await NamespaceAsync(server);
        var host = new ControllerHost(_client, new ControllerHostOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        var owner = await _client.CreateAsync(Owner(ns));

        await host.Events(owner, "Tested", "a sentence", warning: false, CancellationToken.None);
        await host.Events(owner, "Tested", "a sentence", warning: false, CancellationToken.None);

        var recorded = Assert.Single((await _client.ListAsync<Corev1Event>(ns)).Items);
        Assert.Equal(("Tested", 2, owner.Uid()), (recorded.Reason, recorded.Count, recorded.InvolvedObject.Uid));
    }

    [Theory]
    [OnEveryServer]
    public async Task LeaseNamespace_TwoReplicas_OneReconcilesUntilItEnds(string server)
    {
        var ns = await NamespaceAsync(server);
        var first = Run(ns, out _, out var firstController, leases: ns, identity: "first");
        var owner = await _client.CreateAsync(Owner(ns));
        Assert.Equal($"reconcile {owner.Uid()}", await firstController.NextCallAsync());
        await using var second = Run(ns, out _, out var secondController, leases: ns, identity: "second");

        await first.DisposeAsync();

        Assert.Equal($"reconcile {owner.Uid()}", await secondController.NextCallAsync());
        Assert.Equal("second", (await _client.GetAsync<V1Lease>("hearth-operator", ns))!.Spec.HolderIdentity);
    }

    private RunningHost Run(
        string ns,
        out ControllerHost host,
        out ScriptedController controller,
        Action<ControllerBuilder<V1ConfigMap>>? configure = null,
        string? leases = null,
        string identity = "me")
    {
        controller = new ScriptedController();
        var options = new ControllerHostOptions { Namespace = ns, LeaseNamespace = leases, Identity = identity };
        host = new ControllerHost(_client, options, TimeProvider.System, NullLoggerFactory.Instance).AddController(controller, configure);
        return new RunningHost(host);
    }

    private async Task<string> NamespaceAsync(string server)
    {
        var api = await servers.OpenAsync(server);
        _client = servers.ClientOf(server);
        return api.Namespace;
    }

    private static V1ConfigMap Owner(string ns) => new() { Metadata = new V1ObjectMeta { Name = "owner", Namespace = ns } };

    private Task<V1Secret> CreateDependantAsync(V1ConfigMap owner, CancellationToken cancel) => _client.CreateAsync(
        new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = owner.Name(), Namespace = owner.Namespace(), OwnerReferences = [owner.MakeOwnerReference()] },
        },
        cancel);
}
