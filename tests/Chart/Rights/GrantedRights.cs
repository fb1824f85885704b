using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Accounts;

namespace Hearth.Chart.Tests.Rights;

/// <summary>What the chart's roles allow a service account.</summary>
internal sealed class GrantedRights
{
    private readonly List<(string? Namespace, JsonObject Rule)> _rules = [];

    /// <summary>Follows the bindings of an account to the rules of its roles.</summary>
    public GrantedRights(IReadOnlyCollection<JsonObject> objects, string account, string ns)
    {
        foreach (var binding in objects.Where(o => (string)o["kind"]! is "RoleBinding" or "ClusterRoleBinding"))
        {
            if (!binding["subjects"]!.AsArray().Any(s => (string)s!["name"]! == account && (string)s["namespace"]! == ns))
                continue;
            var role = HelmChart.Find(objects, (string)binding["roleRef"]!["kind"]!, (string)binding["roleRef"]!["name"]!);
            var within = (string)binding["kind"]! == "RoleBinding" ? (string)binding["metadata"]!["namespace"]! : null;
            Assert.Equal(within, (string?)role["metadata"]!["namespace"]);
            _rules.AddRange(role["rules"]!.AsArray().Select(r => (within, r!.AsObject())));
        }
    }

    /// <summary>Every right in the rules.</summary>
    public IEnumerable<string> All =>
        from rule in _rules
        from verb in Strings(rule.Rule, "verbs")
        from @group in Strings(rule.Rule, "apiGroups")
        from resource in Strings(rule.Rule, "resources")
        select new ApiAccess(verb, @group, resource, null, null).Right;

    /// <summary>Whether a rule allows an action.</summary>
    public bool Allow(ApiAccess action) => _rules.Exists(rule =>
        (rule.Namespace is null || rule.Namespace == action.Namespace)
        && Strings(rule.Rule, "verbs").Contains(action.Verb)
        && Strings(rule.Rule, "apiGroups").Contains(action.Group)
        && Strings(rule.Rule, "resources").Contains(action.Resource)
        && (rule.Rule["resourceNames"] is null || (action.Name is { } name && Strings(rule.Rule, "resourceNames").Contains(name))));

    private static IEnumerable<string> Strings(JsonObject rule, string key) => rule[key]!.AsArray().Select(v => (string)v!);
}
