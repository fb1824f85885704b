using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Apply;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>Turns what a client sent into what is stored, or refuses it. Knows nothing of the store.</summary>
internal sealed class ObjectRules(CustomResourceRules customResources, TimeProvider time, Random random)
{
    // The alphabet of Kubernetes' generated names: no vowels, so no words.
    private const string SuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;

    private static readonly string[] ServerOwned =
        ["resourceVersion", "managedFields", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"];

    private readonly Lock _randomGate = new();

    /// <summary>A new object, ready to be stored. <paramref name="body"/> is changed.</summary>
    /// <exception cref="StatusException">400 or 422 with every fault.</exception>
    public JsonObject PrepareCreate(WriteRequest request, JsonObject body, string operation = ManagerIdentity.Update)
    {
        var kind = request.Kind;
        MetadataRules.CheckShape(request, body);
        var metadata = body.Metadata();
        if (metadata.Text("resourceVersion") is { Length: > 0 })
            throw Refusal.VersionOnCreate();
        foreach (var property in ServerOwned)
            metadata.Remove(property);
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + RandomSuffix();

        // Whoever applies owns what it sent; whoever creates owns the defaults too.
        var applied = operation == ManagerIdentity.Apply ? FieldSet.Of(kind, body) : null;
        if (kind.IsCustom)
        {
            if (kind.HasStatus)
                body.Remove("status");
            CustomResourceRules.Complete(request, body);
        }
        else
        {
            BuiltInRules.PrepareCreate(kind, body);
        }
        Validate(request, null, body);

        metadata["uid"] = RandomUid();
        metadata["creationTimestamp"] = ManagedFields.Stamp(time.GetUtcNow());
        if (kind.HasGeneration)
            metadata["generation"] = 1;
        ManagedFields.RecordCreate(body, applied ?? FieldSet.Of(kind, body), request.Manager(operation), time.GetUtcNow());
        return body;
    }

    /// <summary>
    /// The next version of an object; <paramref name="live"/> itself when nothing changes. <paramref name="desired"/> is changed.
    /// </summary>
    /// <param name="request">Where and how it is written.</param>
    /// <param name="live">The object as it is.</param>
    /// <param name="desired">The object as the client wants it.</param>
    /// <param name="recordManager">False when <paramref name="desired"/> carries its managed fields already.</param>
    /// <exception cref="StatusException">400, 409 or 422 with every fault.</exception>
    public JsonObject PrepareUpdate(WriteRequest request, JsonObject live, JsonObject desired, bool recordManager = true)
    {
        var kind = request.Kind;
        MetadataRules.CheckShape(request, desired);
        MetadataRules.CheckUpdate(request, live, desired);
        if (request.IsStatus)
            desired = OnlyStatus(live, desired);
        else if (kind.HasStatus)
            desired.CopyFrom(live, "status");
        MetadataRules.KeepServerOwned(live, desired);

        if (kind.IsCustom)
            CustomResourceRules.Complete(request, desired);
        else
            BuiltInRules.PrepareUpdate(kind, live, desired);
        // The status first: it differs most often, and the rest is long.
        if (JsonNode.DeepEquals(live["status"], desired["status"]) && JsonNode.DeepEquals(live, desired))
            return live;
        Validate(request, live, desired);

        if (kind.HasGeneration && !request.IsStatus && !IsSameWish(live, desired))
            desired.Metadata()["generation"] = (live.Metadata().Integer("generation") ?? 0) + 1;
        if (recordManager)
            ManagedFields.RecordUpdate(kind, live, desired, request.Manager(ManagerIdentity.Update), time.GetUtcNow());
        return desired;
    }

    /// <summary><paramref name="live"/> with the status and the managed fields of <paramref name="desired"/>, which are taken out of it.</summary>
    private static JsonObject OnlyStatus(JsonObject live, JsonObject desired)
    {
        var metadata = With(live.Metadata(), "managedFields", desired.Metadata(), null);
        return With(live, "status", desired, metadata);

        static JsonObject With(JsonObject all, string property, JsonObject source, JsonObject? metadata)
        {
            var isThere = source.TryGetPropertyValue(property, out var taken);
            source.Remove(property);
            var result = new JsonObject();
            foreach (var (name, value) in all.Where(p => p.Key != property))
                result[name] = name == "metadata" ? metadata : value?.DeepClone();
            if (isThere)
                result[property] = taken;
            return result;
        }
    }

    /// <summary>Whether users want the same: everything but identity, metadata and status.</summary>
    private static bool IsSameWish(JsonObject live, JsonObject desired) =>
        live.Concat(desired).All(p => p.Key is "apiVersion" or "kind" or "metadata" or "status"
            || (live.ContainsKey(p.Key) == desired.ContainsKey(p.Key) && JsonNode.DeepEquals(live[p.Key], desired[p.Key])));

    private void Validate(WriteRequest request, JsonObject? live, JsonObject entity)
    {
        var faults = MetadataRules.Validate(entity, request.Kind);
        faults.AddRange(request.Kind.IsCustom ? customResources.Validate(request, live, entity) : BuiltInRules.Validate(request.Kind, entity));
        if (faults.Count > 0)
            throw Refusal.Invalid(request.Kind, entity.Name(), faults);
    }

    private string RandomSuffix()
    {
        lock (_randomGate)
            return new string(random.GetItems<char>(SuffixAlphabet, SuffixLength));
    }

    private string RandomUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_randomGate)
            random.NextBytes(bytes);
        // RFC 9562: version 4 and the variant of that RFC.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
