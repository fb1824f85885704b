using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Replacing objects.</summary>
[Collection(Servers.Collection)]
public sealed class UpdateCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Update_Spec_CountsTheGeneration(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["spec"]!["size"] = 9;

        var updated = (await api.PutAsync(api.Widgets + "/a", body)).Is(200);

        Assert.Equal(("2", "9"), (updated.At("metadata.generation"), updated.At("spec.size")));
        Assert.NotEqual((string?)body["metadata"]!["resourceVersion"], updated.Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_LabelsOnly_KeepsTheGeneration(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["metadata"]!["labels"] = new JsonObject { ["x"] = "y" };

        var updated = (await api.PutAsync(api.Widgets + "/a", body)).Is(200);

        Assert.Equal(("1", "\"y\""), (updated.At("metadata.generation"), updated.At("metadata.labels.x")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_Nothing_KeepsTheVersion(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));

        Assert.Equal(created.Version, (await api.PutAsync(api.Widgets + "/a", created.Body)).Is(200).Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_FromAnOldVersion_IsAConflict(string server)
    {
        var api = await servers.OpenAsync(server);
        var old = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":2}}""");

        (await api.PutAsync(api.Widgets + "/a", old)).Is(409, "Conflict",
            "Operation cannot be fulfilled on widgets.conformance.hearth.dev \"a\": the object has been modified; " +
            "please apply your changes to the latest version and try again");
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_CustomResourceWithoutVersion_IsInvalid(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var answer = (await api.PutAsync(api.Widgets + "/a", Widgets.New("a"))).Is(422, "Invalid");

        Assert.Equal(["FieldValueInvalid metadata.resourceVersion: Invalid value: 0: must be specified for an update"], answer.Causes);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_BuiltInWithoutVersion_ReplacesWhateverIsThere(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap("a"));
        var body = Objects.ConfigMap("a");
        body["data"] = new JsonObject { ["other"] = "2" };

        Assert.Equal("{\"other\":\"2\"}", (await api.PutAsync(api.ConfigMaps + "/a", body)).Is(200).At("data"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_Absent_IsNotFound(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = Widgets.New("none", "", ",'resourceVersion':'1'");

        (await api.PutAsync(api.Widgets + "/none", body)).Is(404, "NotFound", "widgets.conformance.hearth.dev \"none\" not found");
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_UnderAnotherName_IsABadRequest(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["metadata"]!["name"] = "b";

        (await api.PutAsync(api.Widgets + "/a", body)).Is(400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)");
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_OfAnotherUid_IsAConflict(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        var uid = (string)body["metadata"]!["uid"]!;
        body["metadata"]!["uid"] = "another";

        var answer = (await api.PutAsync(api.Widgets + "/a", body)).Is(409, "Conflict");

        Assert.StartsWith("Operation cannot be fulfilled on widgets.conformance.hearth.dev \"a\": ", answer.Message);
        Assert.EndsWith($"Precondition failed: UID in precondition: another, UID in object meta: {uid}", answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_ServerOwnedMetadata_IsIgnored(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));
        var body = (JsonObject)created.Body.DeepClone();
        body["metadata"]!["creationTimestamp"] = "2001-01-01T00:00:00Z";
        body["metadata"]!["generation"] = 77;

        var updated = (await api.PutAsync(api.Widgets + "/a", body)).Is(200);

        Assert.Equal(created.At("metadata.creationTimestamp"), updated.At("metadata.creationTimestamp"));
        Assert.Equal("1", updated.At("metadata.generation"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_StatusThroughTheObject_IsIgnored(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["status"] = new JsonObject { ["phase"] = "Done" };

        Assert.Equal("absent", (await api.PutAsync(api.Widgets + "/a", body)).Is(200).At("status"));
    }

    [Theory]
    [OnEveryServer]
    public async Task UpdateStatus_ChangesNothingElse(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["status"] = new JsonObject { ["phase"] = "Done" };
        body["spec"]!["size"] = 50;
        body["metadata"]!["labels"] = new JsonObject { ["x"] = "y" };

        var updated = (await api.PutAsync(api.Widgets + "/a/status", body)).Is(200);

        Assert.Equal(("\"Done\"", "1", "absent", "1"),
            (updated.At("status.phase"), updated.At("spec.size"), updated.At("metadata.labels"), updated.At("metadata.generation")));
    }

    [Theory]
    [OnEveryServer]
    public async Task UpdateStatus_Invalid_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["status"] = new JsonObject { ["phase"] = 7 };

        var answer = (await api.PutAsync(api.Widgets + "/a/status", body)).Is(422, "Invalid");

        Assert.Equal(
            "Widget.conformance.hearth.dev \"a\" is invalid: status.phase: Invalid value: \"integer\": phase in body must be of type string: \"integer\"",
            answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_Invalid_LeavesTheObject(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));
        var body = (JsonObject)created.Body.DeepClone();
        body["spec"]!["size"] = 500;

        (await api.PutAsync(api.Widgets + "/a", body)).Is(422, "Invalid");
        Assert.Equal(created.Version, (await api.GetAsync(api.Widgets + "/a")).Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_DryRun_StoresNothing(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));
        var body = (JsonObject)created.Body.DeepClone();
        body["spec"]!["size"] = 9;

        var answer = (await api.PutAsync(api.Widgets + "/a?dryRun=All", body)).Is(200);

        Assert.Equal(("9", "2"), (answer.At("spec.size"), answer.At("metadata.generation")));
        Assert.Equal("1", (await api.GetAsync(api.Widgets + "/a")).At("spec.size"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_UnknownFieldWhenStrict_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body;
        body["spec"]!["extra"] = 1;

        (await api.PutAsync(api.Widgets + "/a?fieldValidation=Strict", body)).Is(400, "BadRequest");
    }
}
