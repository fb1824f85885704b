using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hearth.Gateway.Forwarding;

/// <summary>A request to a worker over HTTP/2, which gRPC needs.</summary>
internal sealed class RequestMessage : IHeaderSink
{
    // The path must reach the function byte for byte: no unescaping, no removal of dots.
    private static readonly UriCreationOptions RawPath = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpRequestMessage _message;
    private readonly StringBuilder _value = new();
    private string _name = "";

    private RequestMessage(HttpRequestMessage message) => _message = message;

    /// <summary>The request to send.</summary>
    /// <param name="context">The caller's request.</param>
    /// <param name="destination">Worker, path and how to mark the request.</param>
    /// <param name="content">The body, or null.</param>
    public static HttpRequestMessage Make(HttpContext context, in ForwardDestination destination, HttpContent? content)
    {
        var message = new HttpRequestMessage
        {
            Method = HttpMethod.Parse(context.Request.Method),
            RequestUri = new Uri(destination.Address + destination.PathAndQuery, RawPath),
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var made = new RequestMessage(message);
        RequestHeaders.Write(context, destination, made);
        RequestHeaders.Write(made, HeaderNames.Expect, context.Request.Headers.Expect);
        return message;
    }

    /// <inheritdoc/>
    public void Begin(string name)
    {
        _name = name;
        _value.Clear();
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<char> value) => _value.Append(value);

    /// <inheritdoc/>
    public void End()
    {
        var value = _value.ToString();
        if (!_message.Headers.TryAddWithoutValidation(_name, value))
            (_message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(_name, value);
    }
}
