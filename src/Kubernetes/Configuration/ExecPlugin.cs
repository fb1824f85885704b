using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.Configuration;

/// <summary>Asks a program for a token or a client certificate, and asks again when that has expired or was refused.</summary>
internal sealed class ExecPlugin(ExecConfig config, TimeProvider time) : IDisposable
{
    private const int LongestQuote = 512;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1);
    private ExecCredential? _credential;

    /// <summary>A credential that has not expired.</summary>
    /// <exception cref="HttpRequestException">The program cannot be run, failed, or answered something else.</exception>
    public async ValueTask<ExecCredential> CredentialAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var credential = _credential;
            if (credential is null || time.GetUtcNow() >= credential.Expires)
                _credential = credential = Read(await RunAsync(cancel));
            return credential;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Drops a credential that the server did not accept.</summary>
    public void Forget(ExecCredential credential) => Interlocked.CompareExchange(ref _credential, null, credential);

    public void Dispose() => _one.Dispose();

    private async Task<string> RunAsync(CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var process = Start();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? output : throw Failed($"ended with {process.ExitCode}: {Quote(await errors)}");
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"said nothing within {AnswerWithin.TotalSeconds} s", e);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(config.Command, config.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in config.Environment)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = config.ApiVersion,
            ["kind"] = "ExecCredential",
            ["spec"] = new JsonObject { ["interactive"] = false, ["cluster"] = config.Cluster?.DeepClone() },
        }.ToJsonString();
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Failed($"cannot be run: {e.Message}. {config.InstallHint}".TrimEnd(), e);
        }
    }

    private ExecCredential Read(string output)
    {
        try
        {
            var status = JsonNode.Parse(output)?["status"];
            var token = (string?)status?["token"] is { Length: > 0 } given ? given : null;
            var (certificate, key) = ((string?)status?["clientCertificateData"], (string?)status?["clientKeyData"]);
            if ((certificate is null) != (key is null))
                throw Failed("answered one of status.clientCertificateData and status.clientKeyData without the other");
            if (token is null && certificate is null)
                throw Failed("answered without status.token and status.clientCertificateData");
            var chain = certificate is null ? null : Pem.WithKey(certificate, key!, "status.clientCertificateData");
            var expires = (string?)status!["expirationTimestamp"] is { } text
                ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
                : DateTimeOffset.MaxValue;
            return new(token, chain, expires);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Failed($"answered no ExecCredential: {Quote(output)}", e);
        }
        catch (KubeConfigException e)
        {
            throw Failed($"answered a certificate that cannot be used: {e.Message}", e);
        }
    }

    private HttpRequestException Failed(string how, Exception? inner = null) =>
        new($"The program \"{config.Command}\" that authenticates {config.User} {how}.", inner);

    private static string Quote(string text) => text.Length <= LongestQuote ? text.Trim() : text[..LongestQuote] + "...";
}
