namespace Hearth.Conformance.Tests;

/// <summary>What a structural schema does: defaults, pruning, validation.</summary>
[Collection(Servers.Collection)]
public sealed class SchemaCases(Servers servers)
{
    [Theory]
    [OnEveryServer("", "spec.size", "1")]
    [OnEveryServer(",'size':5", "spec.size", "5")]
    [OnEveryServer(",'size':null", "spec.size", "1")]
    [OnEveryServer("", "spec.nested", "{\"depth\":3}")]
    [OnEveryServer(",'nested':{'mode':'x'}", "spec.nested", "{\"depth\":3,\"mode\":\"x\"}")]
    [OnEveryServer(",'parts':[{'name':'p'}]", "spec.parts.0", "{\"count\":1,\"name\":\"p\"}")]
    [OnEveryServer(",'note':null", "spec.note", "absent")]
    [OnEveryServer("", "spec.enabled", "absent")]
    public async Task Create_FieldLeftOut_HasTheSchemasDefault(string server, string spec, string path, string value)
    {
        var api = await servers.OpenAsync(server);

        var created = await api.CreateAsync(api.Widgets, Widgets.New("a", spec));

        Assert.Equal(Sorted(value), Sorted(created.At(path)));
    }

    [Theory]
    [OnEveryServer(",'extra':1", "spec.extra")]
    [OnEveryServer(",'nested':{'extra':1}", "spec.nested.extra")]
    [OnEveryServer(",'parts':[{'name':'p','extra':1}]", "spec.parts[0].extra")]
    public async Task Create_UnknownField_IsPrunedWithAWarning(string server, string spec, string field)
    {
        var api = await servers.OpenAsync(server);

        var created = await api.CreateAsync(api.Widgets, Widgets.New("a", spec));

        Assert.DoesNotContain("extra", created.Body["spec"]!.ToJsonString());
        Assert.Equal([$"299 - \"unknown field \\\"{field}\\\"\""], created.Warnings);
    }

    [Theory]
    [OnEveryServer("spec.extra", ",'extra':1")]
    [OnEveryServer("spec.nested.extra", ",'nested':{'extra':1}")]
    public async Task Create_UnknownFieldWhenStrict_IsRefused(string server, string field, string spec)
    {
        var api = await servers.OpenAsync(server);

        var answer = await api.PostAsync(api.Widgets + "?fieldValidation=Strict", Widgets.New("a", spec));

        answer.Is(400, "BadRequest", $"Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field \"{field}\"");
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_UnknownFieldWhenIgnored_SaysNothing(string server)
    {
        var api = await servers.OpenAsync(server);

        var created = (await api.PostAsync(api.Widgets + "?fieldValidation=Ignore", Widgets.New("a", ",'extra':1"))).Is(201);

        Assert.Empty(created.Warnings);
        Assert.Equal("absent", created.At("spec.extra"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_DuplicateFieldWhenStrict_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = await api.SendAsync(HttpMethod.Post, api.Widgets + "?fieldValidation=Strict", Widgets.Text("a", "'color':'Red','color':'Blue'"));

        answer.Is(400, "BadRequest");
        Assert.Contains("duplicate field \"spec.color\"", answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_FieldsThatArePreserved_AreKept(string server)
    {
        var api = await servers.OpenAsync(server);

        var created = await api.CreateAsync(api.Widgets, Widgets.New("a", ",'free':{'any':{'thing':[1,'x',null]}},'limits':{'cpu':'1'}"));

        Assert.Equal("[1,\"x\",null]", created.At("spec.free.any.thing"));
        Assert.Equal("\"1\"", created.At("spec.limits.cpu"));
        Assert.Empty(created.Warnings);
    }

    [Theory]
    [OnEveryServer("'size':1", "FieldValueRequired spec.color: Required value")]
    [OnEveryServer("'color':'Pink'", "FieldValueNotSupported spec.color: Unsupported value: \"Pink\": supported values: \"Red\", \"Green\", \"Blue\"")]
    [OnEveryServer("'color':'Red','size':-1", "FieldValueInvalid spec.size: Invalid value: -1: spec.size in body should be greater than or equal to 0")]
    [OnEveryServer("'color':'Red','size':101", "FieldValueInvalid spec.size: Invalid value: 101: spec.size in body should be less than or equal to 100")]
    [OnEveryServer("'color':'Red','size':'5'", "FieldValueTypeInvalid spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"")]
    [OnEveryServer("'color':'Red','size':1.5", "FieldValueTypeInvalid spec.size: Invalid value: \"number\": spec.size in body must be of type integer: \"number\"")]
    [OnEveryServer("'color':'Red','text':'UP'", "FieldValueInvalid spec.text: Invalid value: \"UP\": spec.text in body should match '^[a-z]*$'")]
    [OnEveryServer("'color':'Red','text':'a'", "FieldValueInvalid spec.text: Invalid value: \"a\": spec.text in body should be at least 2 chars long")]
    [OnEveryServer("'color':'Red','text':'abcdefghi'", "FieldValueTooLong spec.text: Too long: may not be more than 8 bytes")]
    [OnEveryServer("'color':'Red','text':7", "FieldValueTypeInvalid spec.text: Invalid value: \"integer\": spec.text in body must be of type string: \"integer\"")]
    [OnEveryServer("'color':'Red','ratio':1.5", "FieldValueInvalid spec.ratio: Invalid value: 1.5: spec.ratio in body should be less than or equal to 1")]
    [OnEveryServer("'color':'Red','enabled':'yes'", "FieldValueTypeInvalid spec.enabled: Invalid value: \"string\": spec.enabled in body must be of type boolean: \"string\"")]
    [OnEveryServer("'color':'Red','when':'today'", "FieldValueTypeInvalid spec.when: Invalid value: \"today\": spec.when in body must be of type date-time: \"today\"")]
    [OnEveryServer("'color':'Red','port':true", "FieldValueTypeInvalid spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"")]
    [OnEveryServer("'color':'Red','steps':[]", "FieldValueInvalid spec.steps: Invalid value: 0: spec.steps in body should have at least 1 items")]
    [OnEveryServer("'color':'Red','steps':'x'", "FieldValueTypeInvalid spec.steps: Invalid value: \"string\": spec.steps in body must be of type array: \"string\"")]
    [OnEveryServer("'color':'Red','tags':['a','b','c','d']", "FieldValueTooMany spec.tags: Too many: 4: must have at most 3 items")]
    [OnEveryServer("'color':'Red','tags':['a','a']", "FieldValueDuplicate spec.tags[1]: Duplicate value: \"a\"")]
    [OnEveryServer("'color':'Red','tags':[1]", "FieldValueTypeInvalid spec.tags[0]: Invalid value: \"integer\": spec.tags[0] in body must be of type string: \"integer\"")]
    [OnEveryServer("'color':'Red','parts':[{'name':'p'},{'name':'p'}]", "FieldValueDuplicate spec.parts[1]: Duplicate value: {\"name\":\"p\"}")]
    [OnEveryServer("'color':'Red','parts':[{'image':'p'}]", "FieldValueRequired spec.parts[0].name: Required value")]
    [OnEveryServer("'color':'Red','limits':{'a':'1','b':'2','c':'3'}", "FieldValueTooMany spec.limits: Too many: 3: must have at most 2 items")]
    [OnEveryServer("'color':'Red','limits':{'a':1}", "FieldValueTypeInvalid spec.limits.a: Invalid value: \"integer\": spec.limits.a in body must be of type string: \"integer\"")]
    [OnEveryServer("'color':'Red','nested':[]", "FieldValueTypeInvalid spec.nested: Invalid value: \"array\": spec.nested in body must be of type object: \"array\"")]
    [OnEveryServer("'color':null", "FieldValueRequired spec.color: Required value")]
    public async Task Create_OneFault_IsNamedInKubernetesWords(string server, string spec, string cause)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.SendAsync(HttpMethod.Post, api.Widgets, Widgets.Text("a", spec))).Is(422, "Invalid");

        Assert.Contains(cause, answer.Causes);
        Assert.StartsWith("Widget.conformance.hearth.dev \"a\" is invalid: ", answer.Message);
        Assert.Equal(("\"Widget\"", "\"conformance.hearth.dev\"", "\"a\""), (answer.At("details.kind"), answer.At("details.group"), answer.At("details.name")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_SeveralFaults_AreAllNamed(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.SendAsync(HttpMethod.Post, api.Widgets, Widgets.Text("a", "'size':200,'text':'UP','ratio':2"))).Is(422, "Invalid");

        Assert.Equal(
            ["spec.color", "spec.ratio", "spec.size", "spec.text"],
            answer.Causes.Select(c => c.Split(' ')[1].TrimEnd(':')).Order(StringComparer.Ordinal));
        Assert.StartsWith("Widget.conformance.hearth.dev \"a\" is invalid: [", answer.Message);
    }

    [Theory]
    [OnEveryServer(",'big':9007199254740993", "spec.big", "9007199254740993")]
    [OnEveryServer(",'port':80", "spec.port", "80")]
    [OnEveryServer(",'port':'http'", "spec.port", "\"http\"")]
    [OnEveryServer(",'ratio':1", "spec.ratio", "1")]
    [OnEveryServer(",'when':'2026-01-02T03:04:05Z'", "spec.when", "\"2026-01-02T03:04:05Z\"")]
    [OnEveryServer(",'text':'abcdefgh'", "spec.text", "\"abcdefgh\"")]
    public async Task Create_ValueAtTheEdge_IsKept(string server, string spec, string path, string value)
    {
        var api = await servers.OpenAsync(server);

        Assert.Equal(value, (await api.CreateAsync(api.Widgets, Widgets.New("a", spec))).At(path));
    }

    private static string Sorted(string json) => string.Concat(json.Order());
}
