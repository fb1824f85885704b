using System.Net;
using System.Net.Http.Headers;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Client;

/// <summary>
/// Puts the bearer token on every request. A token file is read again every minute: the kubelet replaces it before it expires. A program is
/// asked again when its token has expired or is refused.
/// </summary>
internal sealed class BearerTokenHandler(string? token, string? file, TimeProvider time, ExecPlugin? program = null) : DelegatingHandler
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private AuthenticationHeaderValue? _header = token is null ? null : new("Bearer", token);
    private long? _readAt;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (program is null)
        {
            request.Headers.Authorization = Header();
            return await base.SendAsync(request, cancellationToken);
        }
        var given = await program.TokenAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", given);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            program.Forget(given);
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            program?.Dispose();
        base.Dispose(disposing);
    }

    private AuthenticationHeaderValue? Header()
    {
        if (file is null)
            return _header;
        lock (_lock)
        {
            if (_readAt is { } readAt && time.GetElapsedTime(readAt) < ReadAgainAfter)
                return _header;
            try
            {
                _header = new AuthenticationHeaderValue("Bearer", File.ReadAllText(file).Trim());
                _readAt = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_header is null)
                    throw new HttpRequestException($"The token file \"{file}\" cannot be read: {e.Message}", e);
            }

            return _header;
        }
    }
}
