using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Client;

/// <summary>
/// Says on every request who the caller is, and whom it acts for. A token file is read again every minute: the kubelet replaces it before it
/// expires. A program is asked again when what it gave has expired or is refused.
/// </summary>
internal sealed class AuthenticationHandler(KubernetesClientConfiguration configuration, TimeProvider time, ExecPlugin? program = null) : DelegatingHandler
{
    private readonly FileText? _file = configuration.TokenFile is { } path ? new(path, time) : null;
    private readonly AuthenticationHeaderValue? _fixed = Fixed(configuration);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        configuration.ActAs?.Write(request.Headers);
        if (program is null)
        {
            request.Headers.Authorization = FromFile() ?? _fixed;
            return await base.SendAsync(request, cancellationToken);
        }
        var given = await program.CredentialAsync(cancellationToken);
        request.Headers.Authorization = given.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
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

    private AuthenticationHeaderValue? FromFile()
    {
        if (_file is null)
            return null;
        try
        {
            return new("Bearer", _file.Read().Trim());
        }
        catch (IOException) when (_fixed is not null)
        {
            return null;
        }
        catch (IOException e)
        {
            throw new HttpRequestException($"The token file \"{configuration.TokenFile}\" cannot be read: {e.Message}", e);
        }
    }

    private static AuthenticationHeaderValue? Fixed(KubernetesClientConfiguration configuration)
    {
        if (configuration.AccessToken is { } token)
            return new("Bearer", token);
        return configuration.Username is { } user
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{configuration.Password}")))
            : null;
    }
}
