using System.Net;
using System.Net.Http.Headers;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>One call of the API server, before it is sent.</summary>
/// <param name="Verb">The verb RBAC knows it by, for example <c>list</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Kind">The kind it is about.</param>
/// <param name="Path">Path without query and subresource.</param>
internal sealed record ApiCall(string Verb, HttpMethod Method, ResourceDefinition Kind, string Path)
{
    public string? Subresource { get; init; }

    /// <summary>Query without the question mark; values escaped.</summary>
    public string Query { get; init; } = "";

    public byte[]? Body { get; init; }

    /// <summary>Form of the answer; null for plain JSON.</summary>
    public string? Accept { get; init; }

    public string MediaType { get; init; } = "application/json";

    public HttpRequestMessage ToRequest(Uri baseUri)
    {
        var path = Subresource is null ? Path : $"{Path}/{Subresource}";
        var root = baseUri.AbsoluteUri.TrimEnd('/');
        var request = new HttpRequestMessage(Method, Query.Length == 0 ? root + path : $"{root}{path}?{Query}");
        if (baseUri.Scheme == Uri.UriSchemeHttps)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        if (Accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", Accept);
        if (Body is not null)
            request.Content = new ByteArrayContent(Body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType) } };
        return request;
    }

    /// <summary>The RBAC rule that allows this call.</summary>
    public string RbacRule()
    {
        var resource = Subresource is null ? Kind.Plural : $"{Kind.Plural}/{Subresource}";
        return $"{{apiGroups: [\"{Kind.Group}\"], resources: [\"{resource}\"], verbs: [\"{Verb}\"]}}";
    }
}
