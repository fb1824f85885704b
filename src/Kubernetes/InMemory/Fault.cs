using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.InMemory;

/// <summary>One fault of a field, in the reasons and words of Kubernetes (apimachinery's <c>field.Error</c>).</summary>
internal static class Fault
{
    public static V1StatusCause Required(string field, string? detail = null) =>
        Make("FieldValueRequired", field, "Required value" + (detail is null ? "" : $": {detail}"));

    public static V1StatusCause Invalid(string field, JsonNode? value, string detail) =>
        Make("FieldValueInvalid", field, $"Invalid value: {value?.Print() ?? "null"}: {detail}");

    public static V1StatusCause TypeInvalid(string field, string expected, string actual) =>
        Make("FieldValueTypeInvalid", field, $"Invalid value: \"{actual}\": {field} in body must be of type {expected}: \"{actual}\"");

    public static V1StatusCause NotSupported(string field, JsonNode? value, JsonArray supported) => Make(
        "FieldValueNotSupported", field,
        $"Unsupported value: {value?.Print() ?? "null"}: supported values: {string.Join(", ", supported.Select(s => s?.Print()))}");

    /// <summary>Of a value that a list has already; <paramref name="value"/> is JSON.</summary>
    public static V1StatusCause Duplicate(string field, string value) => Make("FieldValueDuplicate", field, $"Duplicate value: {value}");

    public static V1StatusCause TooLong(string field, long longest) =>
        Make("FieldValueTooLong", field, string.Create(CultureInfo.InvariantCulture, $"Too long: may not be more than {longest} bytes"));

    public static V1StatusCause TooMany(string field, int count, long most) =>
        Make("FieldValueTooMany", field, string.Create(CultureInfo.InvariantCulture, $"Too many: {count}: must have at most {most} items"));

    public static V1StatusCause Forbidden(string field, string detail) => Make("FieldValueForbidden", field, $"Forbidden: {detail}");

    private static V1StatusCause Make(string reason, string field, string message) =>
        new() { Reason = reason, Field = field, Message = message };
}
