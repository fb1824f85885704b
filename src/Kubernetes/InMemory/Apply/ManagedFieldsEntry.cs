using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Apply;

/// <summary>The fields one manager owns.</summary>
internal sealed record ManagedFieldsEntry(ManagerIdentity Manager, FieldSet Fields, string? Time)
{
    public static ManagedFieldsEntry Read(JsonObject json) => new(
        new(json.Text("manager") ?? "", json.Text("operation") ?? "", json.Text("apiVersion") ?? "", json.Text("subresource")),
        FieldSet.Parse(json["fieldsV1"]),
        json.Text("time"));

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["manager"] = Manager.Name,
            ["operation"] = Manager.Operation,
            ["apiVersion"] = Manager.ApiVersion,
            ["time"] = Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Fields.ToJson(),
        };
        if (Manager.Subresource is not null)
            json["subresource"] = Manager.Subresource;
        return json;
    }
}
