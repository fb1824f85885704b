namespace Hearth.Kubernetes.Tests.Client;

/// <summary>What a client sent.</summary>
internal sealed record RecordedRequest(string Method, string PathAndQuery, string? Body, string? MediaType, string? Authorization, string Impersonated);
