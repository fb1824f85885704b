using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Api.WorkerPools;
using Hearth.Testing;

namespace Hearth.Chart.Tests;

/// <summary>The rendered objects on an API server; those of kinds that it does not serve are taken apart.</summary>
public sealed class ObjectTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Served = new()
    {
        ["CustomResourceDefinition"] = "apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        ["ServiceAccount"] = "api/v1/namespaces/{0}/serviceaccounts",
        ["ConfigMap"] = "api/v1/namespaces/{0}/configmaps",
        ["Service"] = "api/v1/namespaces/{0}/services",
        ["WorkerPool"] = "apis/hearth.dev/v1alpha1/namespaces/{0}/workerpools",
    };

    private static readonly string[] ClusterScoped = ["CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"];

    private static readonly Dictionary<string, string> NotServed = new()
    {
        ["Deployment"] = "apps/v1",
        ["Role"] = "rbac.authorization.k8s.io/v1",
        ["RoleBinding"] = "rbac.authorization.k8s.io/v1",
        ["ClusterRole"] = "rbac.authorization.k8s.io/v1",
        ["ClusterRoleBinding"] = "rbac.authorization.k8s.io/v1",
        ["PodDisruptionBudget"] = "policy/v1",
        ["NetworkPolicy"] = "networking.k8s.io/v1",
        ["PodMonitor"] = "monitoring.coreos.com/v1",
    };

    private readonly ApiServerFixture _api = new() { Options = new() };

    public static TheoryData<string> Sets => ["default", "dapr", "small"];

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Objects_OfServedKinds_AreTakenTwice(string set)
    {
        await ApplyAsync("api/v1/namespaces", new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "models" } });
        var objects = HelmChart.Objects(set).Where(o => Served.ContainsKey(Kind(o))).OrderBy(o => Kind(o) == "CustomResourceDefinition" ? 0 : 1).ToArray();

        foreach (var entity in objects.Concat(objects))
            await ApplyAsync(string.Format(null, Served[Kind(entity)], Namespace(entity)), entity);
    }

    [Fact]
    public async Task Pool_OfTheChart_IsOneThatTheOperatorAccepts()
    {
        await Objects_OfServedKinds_AreTakenTwice("dapr");

        var pool = await _api.Client.GetAsync<WorkerPool>("default", "models");

        Assert.Empty(WorkerPoolValidation.Validate(pool!));
        Assert.Equal((2, 1), (pool!.Spec.Warm.Min, pool.Spec.Resources.Gpu));
        Assert.Equal("hearth-worker", pool.Spec.Template.ServiceAccountName);
        Assert.Equal("gpu", pool.Spec.Template.NodeSelector!["node.kubernetes.io/pool"]);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Pods_OfTheDeployments_AreTaken(string set)
    {
        foreach (var deployment in HelmChart.Objects(set).Where(o => Kind(o) == "Deployment"))
        {
            var pod = deployment["spec"]!["template"]!.DeepClone().AsObject();
            (pod["apiVersion"], pod["kind"], pod["metadata"]!["name"]) = ("v1", "Pod", Name(deployment));
            await ApplyAsync($"api/v1/namespaces/{Namespace(deployment)}/pods", pod);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Objects_Always_AreNamedPlacedAndOfKnownKinds(string set)
    {
        var objects = HelmChart.Objects(set);
        foreach (var entity in objects)
        {
            Assert.True(Served.ContainsKey(Kind(entity)) || NotServed[Kind(entity)] == (string)entity["apiVersion"]!, Kind(entity));
            Assert.NotEmpty(Name(entity));
            Assert.Equal(!ClusterScoped.Contains(Kind(entity)), Namespace(entity) is not null);
            if (Kind(entity) != "CustomResourceDefinition")
                Assert.Equal("Helm", (string?)entity["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
        }
        Assert.Equal(objects.Count, objects.DistinctBy(o => (Kind(o), Namespace(o), Name(o))).Count());
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Pods_Always_AreRestrictedProbedAndBounded(string set)
    {
        var objects = HelmChart.Objects(set);
        foreach (var deployment in objects.Where(o => Kind(o) == "Deployment"))
        {
            var pod = deployment["spec"]!["template"]!["spec"]!;
            var container = Assert.Single(pod["containers"]!.AsArray())!;
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            Assert.False((bool)container["securityContext"]!["allowPrivilegeEscalation"]!);
            Assert.Equal("ALL", (string?)container["securityContext"]!["capabilities"]!["drop"]!.AsArray().Single());
            Assert.Null(pod["volumes"]);
            Assert.NotNull(container["resources"]!["requests"]!["cpu"]);
            Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            foreach (var (probe, path) in new[] { ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz") })
            {
                Assert.Equal(path, (string?)container[probe]!["httpGet"]!["path"]);
                Assert.Contains(container["ports"]!.AsArray(), p => JsonNode.DeepEquals(p!["name"], container[probe]!["httpGet"]!["port"]));
            }
            Assert.NotNull(HelmChart.Find(objects, "ServiceAccount", (string)pod["serviceAccountName"]!));
            Assert.True(Selects(deployment["spec"]!["selector"]!["matchLabels"]!, deployment));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Selectors_OfPolicies_MeetOneDeploymentEach(string set)
    {
        var objects = HelmChart.Objects(set);
        var deployments = objects.Where(o => Kind(o) == "Deployment").ToArray();
        var selectors =
            from entity in objects
            let spec = entity["spec"]
            let labels = Kind(entity) switch
            {
                "Service" => spec!["selector"],
                "PodDisruptionBudget" or "PodMonitor" => spec!["selector"]!["matchLabels"],
                "NetworkPolicy" => spec!["podSelector"]!["matchLabels"],
                _ => null,
            }
            where labels is not null
            select (Name(entity), labels);
        Assert.NotEmpty(selectors);
        foreach (var (name, labels) in selectors)
            Assert.Equal(name, Name(Assert.Single(deployments, d => Selects(labels, d))));
    }

    [Theory]
    [InlineData("default", 2)]
    [InlineData("dapr", 2)]
    [InlineData("small", 0)]
    public void Budgets_Always_AreForPartsWithReplicas(string set, int count) =>
        Assert.Equal(count, HelmChart.Objects(set).Count(o => Kind(o) == "PodDisruptionBudget"));

    [Fact]
    public void NetworkPolicies_Enabled_CloseTheControlPorts()
    {
        var policy = HelmChart.Find(HelmChart.Objects("dapr"), "NetworkPolicy", "hearth-workers");
        Assert.Equal("models", Namespace(policy));
        var ingress = policy["spec"]!["ingress"]!.AsArray();
        Assert.All(ingress, rule => Assert.NotEmpty(rule!["from"]!.AsArray()));
        Assert.Equal(2, ingress[0]!["from"]!.AsArray().Count);
        Assert.DoesNotContain(HelmChart.Objects(), o => Kind(o) == "NetworkPolicy");
    }

    private static bool Selects(JsonNode labels, JsonObject deployment) =>
        labels.AsObject().All(l => JsonNode.DeepEquals(deployment["spec"]!["template"]!["metadata"]!["labels"]![l.Key], l.Value));

    private static string Kind(JsonObject entity) => (string)entity["kind"]!;

    private static string Name(JsonObject entity) => (string)entity["metadata"]!["name"]!;

    private static string? Namespace(JsonObject entity) => (string?)entity["metadata"]!["namespace"];

    private async Task ApplyAsync(string collection, JsonObject entity)
    {
        var uri = new Uri($"{collection}/{Name(entity)}?fieldManager=helm&force=true&fieldValidation=Strict", UriKind.Relative);
        using var content = new StringContent(entity.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/apply-patch+yaml"));
        using var answer = await _api.Http.PatchAsync(uri, content);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }
}
