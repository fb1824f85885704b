namespace Hearth.Kubernetes.Tests.Client;

/// <summary>Config maps as an API server writes them.</summary>
internal static class ConfigMaps
{
    public static string Json(string name, int version, string value = "1", string? uid = null) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"ns","uid":"{{{uid ?? "uid-" + name}}}","resourceVersion":"{{{version}}}"},"data":{"key":"{{{value}}}"}}""";

    /// <summary>A config map whose data is a number, which no reader of config maps accepts.</summary>
    public static string Malformed(string name) => $$"""{"metadata":{"name":"{{name}}","namespace":"ns","uid":"u","resourceVersion":"1"},"data":5}""";

    public static string List(int version, params string[] items) => ListPage(version, "", items);

    public static string ListPage(int version, string more, params string[] items) =>
        $$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}","continue":"{{more}}"},"items":[{{string.Join(',', items)}}]}""";

    public static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""" + "\n";

    public static string Bookmark(int version) => Event("BOOKMARK", $$$"""{"metadata":{"resourceVersion":"{{{version}}}"}}""");

    public static string Gone { get; } = Event(
        "ERROR", """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410}""");

    public static string Failure(int code, string reason, string message, string details = "{}") =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","details":{{details}},"code":{{code}}}""";
}
