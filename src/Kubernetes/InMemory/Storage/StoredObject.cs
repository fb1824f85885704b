using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>One version of an object. Nothing in <see cref="Json"/> changes once it is here: derive from a copy.</summary>
internal sealed class StoredObject
{
    private byte[]? _utf8;

    public StoredObject(string resource, JsonObject json, long version)
    {
        json.Metadata()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        Resource = resource;
        Json = json;
        Version = version;
        Key = new(json.Namespace(), json.Name());
        Uid = json.Uid();
        Owners = [.. json.Metadata()["ownerReferences"].Objects().Select(o => o.Text("uid") ?? "")];
    }

    /// <summary>Group resource, for example <c>pods</c> or <c>workerpools.hearth.dev</c>.</summary>
    public string Resource { get; }

    public JsonObject Json { get; }

    public long Version { get; }

    public ObjectKey Key { get; }

    public string Uid { get; }

    /// <summary>Uids of the objects this one belongs to.</summary>
    public IReadOnlyList<string> Owners { get; }

    /// <summary>The object as JSON text, written once and shared by every reader.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ??= Json.PrintUtf8();

    /// <summary>The same content under another version: what a watcher sees of an object that left its selection or the store.</summary>
    public StoredObject AsOf(long version) => new(Resource, Json.Copy(), version);
}
