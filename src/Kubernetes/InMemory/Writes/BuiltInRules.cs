using System.Text;
using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>What the server adds to, and asks of, the built-in kinds.</summary>
internal static class BuiltInRules
{
    /// <summary>Defaults of a new object.</summary>
    public static void PrepareCreate(ResourceKind kind, JsonObject body)
    {
        if (kind == BuiltInKinds.Pod)
            body["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QosClass(body["spec"]) };
        else if (kind == BuiltInKinds.Namespace)
            PrepareNamespace(body);
        else if (kind == BuiltInKinds.CustomResourceDefinition)
            PrepareDefinition(body);
        PrepareAny(kind, body);
    }

    /// <summary>Defaults and limits of a changed object.</summary>
    /// <exception cref="StatusException">422: a field that cannot change did.</exception>
    public static void PrepareUpdate(ResourceKind kind, JsonObject live, JsonObject desired)
    {
        PrepareAny(kind, desired);
        if (kind == BuiltInKinds.Pod)
            RefusePodChange(live, desired);
        else if (kind == BuiltInKinds.ControllerRevision && !JsonNode.DeepEquals(live["data"], desired["data"]))
            throw Refusal.Invalid(kind, live.Name(), [Fault.Invalid("data", desired["data"], "field is immutable")]);
    }

    /// <summary>Every fault of an object: of the many rules of Kubernetes, those that a mistake in Hearth would break.</summary>
    public static IEnumerable<V1StatusCause> Validate(ResourceKind kind, JsonObject entity)
    {
        if (kind == BuiltInKinds.ControllerRevision && entity["data"] is null)
            yield return Fault.Required("data", "data is mandatory");
        if (kind != BuiltInKinds.Pod)
            yield break;
        var containers = entity.AtPath("spec.containers").Objects().ToList();
        if (containers.Count == 0)
            yield return Fault.Required("spec.containers");
        for (var i = 0; i < containers.Count; i++)
        {
            var name = containers[i].Text("name");
            if (string.IsNullOrEmpty(name))
                yield return Fault.Required($"spec.containers[{i}].name");
            else if (containers.FindIndex(c => c.Text("name") == name) < i)
                yield return Fault.Duplicate($"spec.containers[{i}].name", ((JsonNode)name).Print());
            if (string.IsNullOrEmpty(containers[i].Text("image")))
                yield return Fault.Required($"spec.containers[{i}].image");
        }
    }

    private static void PrepareAny(ResourceKind kind, JsonObject body)
    {
        if (kind == BuiltInKinds.Pod)
            PreparePod(body.GetOrAdd("spec"));
        else if (kind == BuiltInKinds.Secret)
            PrepareSecret(body);
        else if (kind == BuiltInKinds.Service)
            PrepareService(body.GetOrAdd("spec"));
    }

    private static void PreparePod(JsonObject spec)
    {
        spec["restartPolicy"] ??= "Always";
        spec["terminationGracePeriodSeconds"] ??= 30;
        spec["schedulerName"] ??= "default-scheduler";
        spec["serviceAccountName"] ??= "default";
        spec["dnsPolicy"] ??= "ClusterFirst";
        spec["securityContext"] ??= new JsonObject();
        foreach (var container in spec["containers"].Objects().Concat(spec["initContainers"].Objects()))
            PrepareContainer(container);
    }

    private static void PrepareContainer(JsonObject container)
    {
        var image = container.Text("image") ?? "";
        var tag = image[(image.LastIndexOf('/') + 1)..].Split(':', 2) is [_, var named] ? named : "latest";
        container["imagePullPolicy"] ??= tag == "latest" ? "Always" : "IfNotPresent";
        container["terminationMessagePath"] ??= "/dev/termination-log";
        container["terminationMessagePolicy"] ??= "File";
        container["resources"] ??= new JsonObject();
        foreach (var port in container["ports"].Objects())
            port["protocol"] ??= "TCP";
    }

    /// <summary>Guaranteed when every container is limited in both to what it requests, BestEffort when none asks for anything.</summary>
    private static string QosClass(JsonNode? spec)
    {
        var all = spec.At("containers").Objects().Select(c => c["resources"] as JsonObject ?? []).ToList();
        if (all.TrueForAll(r => r["limits"] is not JsonObject { Count: > 0 } && r["requests"] is not JsonObject { Count: > 0 }))
            return "BestEffort";
        var isGuaranteed = all.TrueForAll(r => r.At("limits", "cpu") is not null && r.At("limits", "memory") is not null
            && (r["requests"] is null || JsonNode.DeepEquals(r["requests"], r["limits"])));
        return isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static void PrepareService(JsonObject spec)
    {
        spec["type"] ??= "ClusterIP";
        foreach (var port in spec["ports"].Objects())
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }
    }

    private static void PrepareSecret(JsonObject secret)
    {
        secret["type"] ??= "Opaque";
        if (secret["stringData"] is JsonObject texts)
        {
            var data = secret.GetOrAdd("data");
            foreach (var (key, value) in texts)
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
        }
        secret.Remove("stringData");
    }

    private static void PrepareNamespace(JsonObject ns)
    {
        ns.Metadata().GetOrAdd("labels")["kubernetes.io/metadata.name"] = ns.Name();
        ns["spec"] = new JsonObject { ["finalizers"] = Json.ToArray(["kubernetes"]) };
        ns["status"] = new JsonObject { ["phase"] = "Active" };
    }

    /// <summary>A definition is served by the time its creator gets the answer, so it is established from the start.</summary>
    private static void PrepareDefinition(JsonObject definition)
    {
        var kind = CustomKind.Read(definition);
        var names = definition.GetOrAdd("spec").GetOrAdd("names");
        names["singular"] ??= kind.Singular;
        names["listKind"] ??= kind.ListKind;
        definition["status"] = new JsonObject
        {
            ["acceptedNames"] = names.DeepClone(),
            ["storedVersions"] = Json.ToArray([kind.Version]),
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted")),
        };
    }

    private static JsonObject Condition(string type, string reason, string message) =>
        new() { ["type"] = type, ["status"] = "True", ["reason"] = reason, ["message"] = message };

    private static void RefusePodChange(JsonObject live, JsonObject desired)
    {
        if (JsonNode.DeepEquals(FixedPart(live), FixedPart(desired)))
            return;
        throw Refusal.Invalid(BuiltInKinds.Pod, live.Name(), [Fault.Forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
            "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)")]);
    }

    private static JsonObject FixedPart(JsonObject pod)
    {
        var spec = (pod["spec"] as JsonObject ?? []).Copy();
        spec.Remove("activeDeadlineSeconds");
        spec.Remove("tolerations");
        foreach (var container in spec["containers"].Objects().Concat(spec["initContainers"].Objects()))
            container.Remove("image");
        return spec;
    }
}
