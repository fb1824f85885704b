using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hearth.Api;

namespace Hearth.Cli.Demos.Serving;

/// <summary>Invokes functions of namespace <c>default</c> through the gateway, by Dapr's URL.</summary>
internal sealed class FunctionClient(HttpClient http, Uri gateway, TimeProvider time)
{
    private const string JsonLengthHeader = "Inference-Header-Content-Length";

    /// <summary>What the model of a function says of its inputs.</summary>
    /// <exception cref="FunctionException">It answered with an error.</exception>
    public async Task<IReadOnlyList<TensorSpec>> ReadInputsAsync(string function, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(ModelUri(function), cancel);
        var body = await answer.Content.ReadAsStringAsync(cancel);
        Require(answer, function, body);
        return ProtocolV2.ReadInputs(JsonNode.Parse(body)!.AsObject());
    }

    /// <summary>Asks a function for its answer to <paramref name="inputs"/>.</summary>
    /// <exception cref="FunctionException">It answered with an error.</exception>
    public async Task<Answer> InferAsync(string function, IReadOnlyList<Tensor> inputs, bool binary, CancellationToken cancel)
    {
        var (body, jsonLength) = ProtocolV2.WriteRequest(inputs, binary);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{ModelUri(function)}/infer")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(binary ? "application/octet-stream" : "application/json");
        if (binary)
            request.Content.Headers.Add(JsonLengthHeader, jsonLength.ToString(CultureInfo.InvariantCulture));
        var sent = time.GetTimestamp();
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        var content = new MemoryStream();
        var first = new byte[1];
        await stream.ReadExactlyAsync(first, cancel);
        var firstByte = time.GetElapsedTime(sent);
        content.Write(first);
        await stream.CopyToAsync(content, cancel);
        Require(answer, function, System.Text.Encoding.UTF8.GetString(content.ToArray()));
        return new(firstByte, ReadColdStart(answer), content.ToArray(), ReadJsonLength(answer));
    }

    private Uri ModelUri(string function) => new(gateway, $"/v1.0/invoke/{function}/method/v2/models/{function}");

    private static ColdStartTiming? ReadColdStart(HttpResponseMessage answer)
    {
        var path = answer.Headers.TryGetValues(HearthHeaders.ColdStart, out var paths) ? paths.First() : null;
        return ColdStartTiming.Read(path, answer.Headers.TryGetValues("Server-Timing", out var timing) ? timing : []);
    }

    private static int? ReadJsonLength(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(JsonLengthHeader, out var values) || answer.Content.Headers.TryGetValues(JsonLengthHeader, out values)
            ? int.Parse(values.First(), CultureInfo.InvariantCulture)
            : null;

    private static void Require(HttpResponseMessage answer, string function, string body)
    {
        if (!answer.IsSuccessStatusCode)
            throw new FunctionException(answer.StatusCode, $"function \"{function}\" answered {(int)answer.StatusCode}: {body}");
    }
}
