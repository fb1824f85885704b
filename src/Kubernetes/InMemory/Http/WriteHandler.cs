using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Accounts;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Patches;
using Hearth.Kubernetes.InMemory.Selectors;
using Hearth.Kubernetes.InMemory.Storage;
using Hearth.Kubernetes.InMemory.Writes;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Create, update, patch, apply, delete and delete collection.</summary>
internal sealed class WriteHandler(ObjectStore store, ResourceWriter writer, ResourceDeleter deleter, PodBinding binding, ServiceAccountTokens tokens)
{
    public async Task CreateAsync(ApiCall call)
    {
        var body = await ReadObjectAsync(call.Http);
        if (call is { Subresource: "binding", Name: { } pod })
        {
            binding.Bind(call.Namespace!, pod, body);
            await ApiResponse.WriteAsync(call.Http, new() { Metadata = new(), Status = "Success", Code = StatusCodes.Status201Created });
            return;
        }
        if (call is { Subresource: "token", Name: { } account })
        {
            await ApiResponse.WriteAsync(call.Http, StatusCodes.Status201Created, tokens.Issue(call.Namespace!, account, body));
            return;
        }
        if (call.Name is not null)
            throw Refusal.MethodNotAllowed();
        var request = Request(call);
        await AnswerAsync(call, request, writer.Create(request, body), StatusCodes.Status201Created);
    }

    public async Task UpdateAsync(ApiCall call)
    {
        var body = await ReadObjectAsync(call.Http);
        var request = Request(call);
        var entity = call.Subresource == "scale"
            ? writer.Change(request, call.Name!, live => ScaleSubresource.Write(call.Kind, live, body))
            : writer.Update(request, call.Name!, body);
        await AnswerAsync(call, request, entity, StatusCodes.Status200OK);
    }

    public async Task PatchAsync(ApiCall call)
    {
        var format = Format(call);
        var request = Request(call);
        if (format == PatchFormat.Apply)
        {
            await ApplyAsync(call, request);
            return;
        }
        var patch = Json.Parse(await ReadAsync(call.Http));
        var entity = call.Subresource == "scale"
            ? writer.Change(request, call.Name!, live => PatchScale(call.Kind, live, format, patch))
            : writer.Patch(request, call.Name!, format, patch);
        await AnswerAsync(call, request, entity, StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(ApiCall call)
    {
        var options = await ReadDeleteOptionsAsync(call);
        var (entity, gone) = deleter.Delete(options(call.Name!, call.Namespace ?? ""));
        if (gone && call.Kind != BuiltInKinds.Pod)
            await ApiResponse.WriteAsync(call.Http, ApiResponse.Deleted(call.Kind, entity));
        else
            await ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, entity);
    }

    public async Task DeleteCollectionAsync(ApiCall call)
    {
        var options = await ReadDeleteOptionsAsync(call);
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Kind);
        var items = new JsonArray();
        var all = store.List(call.Kind.GroupResource, call.Namespace).Items;
        foreach (var stored in all.Where(o => labels.Matches(o.Json) && fields.Matches(o.Json)))
        {
            try
            {
                items.Add((JsonNode)deleter.Delete(options(stored.Key.Name, stored.Key.Namespace)).Entity.DeepClone());
            }
            catch (StatusException e) when (e.Status.Code == StatusCodes.Status404NotFound)
            {
                // Someone else deleted it, which is what was asked for.
            }
        }
        await ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, new JsonObject
        {
            ["kind"] = call.Kind.ListKind,
            ["apiVersion"] = call.Kind.ApiVersion,
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        });
    }

    private async Task ApplyAsync(ApiCall call, WriteRequest request)
    {
        if (call.Query("fieldManager") is null)
            throw Refusal.InvalidOptions("PatchOptions", Fault.Required("fieldManager", "is required for apply patch"));
        if (call.Subresource is not (null or "status"))
            throw Refusal.MethodNotAllowed();
        var wanted = YamlReader.ReadObject(await ReadAsync(call.Http));
        var (entity, created) = writer.Apply(request, call.Name!, wanted);
        await AnswerAsync(call, request, entity, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static JsonObject PatchScale(ResourceKind kind, JsonObject live, PatchFormat format, JsonNode? patch)
    {
        var scale = ScaleSubresource.Read(kind, live);
        var patched = format == PatchFormat.Json ? JsonPatch.Apply(scale, patch) : MergePatch.Apply(scale, patch);
        return ScaleSubresource.Write(kind, live, patched as JsonObject ?? throw Refusal.BadRequest("the patched Scale is no JSON object"));
    }

    private Task AnswerAsync(ApiCall call, WriteRequest request, JsonObject entity, int code)
    {
        ApiResponse.AddWarnings(call.Http, request.Warnings);
        if (call.Subresource == "scale")
            return ApiResponse.WriteAsync(call.Http, code, ScaleSubresource.Read(call.Kind, entity));
        // Who watches gets the same text: it is made once.
        var stored = store.Get(call.Kind.GroupResource, new(entity.Namespace(), entity.Name()));
        return stored?.Json == entity ? ApiResponse.WriteAsync(call.Http, code, stored.Utf8) : ApiResponse.WriteAsync(call.Http, code, entity);
    }

    private static WriteRequest Request(ApiCall call) => new(call.Kind, call.Namespace ?? "")
    {
        Subresource = call.Subresource,
        FieldManager = call.Query("fieldManager") ?? UserAgent(call.Http),
        FieldValidation = call.Query("fieldValidation") switch
        {
            null or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            { } other => throw Refusal.InvalidOptions(
                Options(call), Fault.NotSupported("fieldValidation", other, ["Ignore", "Strict", "Warn"])),
        },
        DryRun = IsDryRun(call),
        Force = call.Flag("force"),
    };

    private static bool IsDryRun(ApiCall call) => call.Query("dryRun") switch
    {
        null => false,
        "All" => true,
        { } other => throw Refusal.InvalidOptions(Options(call), Fault.NotSupported("dryRun", other, ["All"])),
    };

    private static string Options(ApiCall call) => call.Http.Request.Method switch
    {
        "POST" => "CreateOptions",
        "PUT" => "UpdateOptions",
        "PATCH" => "PatchOptions",
        _ => "DeleteOptions",
    };

    private static string UserAgent(HttpContext http) =>
        http.Request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } agent ? agent : "unknown";

    private static PatchFormat Format(ApiCall call) => MediaType(call.Http) switch
    {
        "application/json-patch+json" => PatchFormat.Json,
        "application/merge-patch+json" => PatchFormat.Merge,
        "application/strategic-merge-patch+json" when !call.Kind.IsCustom => PatchFormat.Strategic,
        "application/apply-patch+yaml" => PatchFormat.Apply,
        _ => throw Refusal.UnsupportedMediaType("application/json-patch+json, application/merge-patch+json, "
            + (call.Kind.IsCustom ? "" : "application/strategic-merge-patch+json, ") + "application/apply-patch+yaml"),
    };

    private static async Task<Func<string, string, DeleteRequest>> ReadDeleteOptionsAsync(ApiCall call)
    {
        var bytes = await ReadAsync(call.Http);
        var options = bytes.Length > 0 ? Json.ParseObject(bytes) : [];
        var propagation = options.Text("propagationPolicy") ?? call.Query("propagationPolicy");
        if (propagation is not (null or DeleteRequest.Background or DeleteRequest.Foreground or DeleteRequest.Orphan))
        {
            throw Refusal.InvalidOptions("DeleteOptions", Fault.NotSupported(
                "propagationPolicy", propagation, [DeleteRequest.Foreground, DeleteRequest.Background, DeleteRequest.Orphan]));
        }
        return (name, ns) => new(call.Kind, ns, name)
        {
            GracePeriodSeconds = options.Integer("gracePeriodSeconds") ?? call.Number("gracePeriodSeconds"),
            Propagation = propagation,
            Uid = options["preconditions"].Text("uid"),
            ResourceVersion = options["preconditions"].Text("resourceVersion"),
            DryRun = IsDryRun(call) || options["dryRun"] is JsonArray { Count: > 0 },
        };
    }

    private static async Task<JsonObject> ReadObjectAsync(HttpContext http)
    {
        var bytes = await ReadAsync(http);
        return MediaType(http) switch
        {
            ProtobufReader.MediaType => ProtobufReader.ReadObject(bytes),
            "application/yaml" => YamlReader.ReadObject(bytes),
            null or "application/json" => Json.ParseObject(bytes),
            _ => throw Refusal.UnsupportedMediaType("application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        };
    }

    private static string? MediaType(HttpContext http) => http.Request.ContentType?.Split(';')[0].Trim();

    private static Task<byte[]> ReadAsync(HttpContext http) => RequestBody.ReadAsync(http.Request, http.RequestAborted);
}
