using Hearth.Kubernetes.InMemory.Accounts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Chart.Tests.Rights;

/// <summary>The roles of the chart are what the parts use: a life of theirs is recorded and compared.</summary>
public sealed class RightsTests
{
    /// <summary>Granted, and not seen in the scenario: why it is needed.</summary>
    private static readonly Dictionary<string, string> OperatorMayAlso = new()
    {
        ["update workerpools/finalizers.hearth.dev"] = "asked for by the admission plugin OwnerReferencesPermissionEnforcement, not by a call",
        ["update trainingjobs/finalizers.hearth.dev"] = "asked for by the admission plugin OwnerReferencesPermissionEnforcement, not by a call",
        ["update inferencefunctions/finalizers.hearth.dev"] = "asked for by the admission plugin OwnerReferencesPermissionEnforcement, not by a call",
        ["update federatedaggregations/finalizers.hearth.dev"] = "asked for by the admission plugin OwnerReferencesPermissionEnforcement, not by a call",
        ["patch events"] = "an event that happens again within ten minutes is counted",
        ["get pods"] = "a pod is read again after a conflict",
    };

    private static readonly Dictionary<string, string> GatewayMayAlso = new()
    {
        ["update inferencefunctions/finalizers.hearth.dev"] = "asked for by the admission plugin OwnerReferencesPermissionEnforcement, not by a call",
        ["get pods"] = "a pod is read again after a conflict",
    };

    [Fact]
    public async Task Roles_OfBothParts_AreWhatTheyUse()
    {
        await using var server = await RightsServer.InMemoryAsync();
        await using (var scenario = new Scenario(server, NullLoggerFactory.Instance))
            await scenario.RunAsync();

        Compare(Scenario.OperatorAccount, server.AccessesOf(Scenario.OperatorAccount), OperatorMayAlso);
        Compare(Scenario.GatewayAccount, server.AccessesOf(Scenario.GatewayAccount), GatewayMayAlso);
    }

    [RealClusterFact]
    public async Task Roles_OnARealServer_AreEnough()
    {
        using var refusals = new RefusalLog();
        using var logs = LoggerFactory.Create(builder => builder.AddProvider(refusals));
        await using var server = await RightsServer.RealAsync();
        await using var scenario = new Scenario(server, logs);
        try
        {
            await scenario.RunAsync();
        }
        catch (OperationCanceledException e)
        {
            Assert.Fail($"The scenario did not end: {e.Message}\n{string.Join('\n', refusals.Refusals)}");
        }
        Assert.Empty(refusals.Refusals);
    }

    [Fact]
    public void Roles_Always_AreFreeOfWildcards()
    {
        var roles = HelmChart.Objects("dapr").Where(o => (string)o["kind"]! is "Role" or "ClusterRole").ToArray();
        Assert.NotEmpty(roles);
        Assert.All(roles, role => Assert.DoesNotContain("*", role["rules"]!.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("default", "default")]
    [InlineData("dapr", "models")]
    public void Account_OfWorkers_HasNoRightAndNoToken(string set, string ns)
    {
        var objects = HelmChart.Objects(set);
        Assert.False((bool)HelmChart.Find(objects, "ServiceAccount", "hearth-worker")["automountServiceAccountToken"]!);
        Assert.Empty(new GrantedRights(objects, "hearth-worker", ns).All);
    }

    private static void Compare(string account, IReadOnlyCollection<ApiAccess> used, Dictionary<string, string> mayAlso)
    {
        var granted = new GrantedRights(HelmChart.Objects(), account, HelmChart.Namespace);
        var notGranted = used.Where(a => !granted.Allow(a)).Select(a => a.ToString());
        Assert.True(!notGranted.Any(), $"{account} needs, and the chart does not grant:\n{string.Join('\n', notGranted)}");

        var notUsed = granted.All.Except(used.Select(a => a.Right)).Except(mayAlso.Keys);
        Assert.True(!notUsed.Any(), $"the chart grants {account}, and nothing uses:\n{string.Join('\n', notUsed)}");
        Assert.Empty(mayAlso.Keys.Except(granted.All));
    }
}
