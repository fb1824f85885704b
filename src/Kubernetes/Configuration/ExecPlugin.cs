using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.Configuration;

/// <summary>Asks a program for a bearer token, and asks again when the token has expired or was refused.</summary>
internal sealed class ExecPlugin(ExecConfig config, TimeProvider time) : IDisposable
{
    private const int LongestQuote = 512;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private DateTimeOffset _expires;

    /// <summary>A token that has not expired.</summary>
    /// <exception cref="HttpRequestException">The program cannot be run, failed, or answered something else.</exception>
    public async Task<string> TokenAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (_token is null || time.GetUtcNow() >= _expires)
                (_token, _expires) = Read(await RunAsync(cancel));
            return _token;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Drops a token that the server did not accept.</summary>
    public void Forget(string token) => Interlocked.CompareExchange(ref _token, null, token);

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
            ["spec"] = new JsonObject { ["interactive"] = false },
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

    private (string Token, DateTimeOffset Expires) Read(string output)
    {
        JsonNode? status;
        try
        {
            status = JsonNode.Parse(output)?["status"];
        }
        catch (System.Text.Json.JsonException e)
        {
            throw Failed($"answered no ExecCredential: {Quote(output)}", e);
        }
        if ((string?)status?["token"] is not { Length: > 0 } token)
            throw Failed("answered without status.token; certificates from such programs are not supported");
        var expires = (string?)status["expirationTimestamp"] is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
            : DateTimeOffset.MaxValue;
        return (token, expires);
    }

    private HttpRequestException Failed(string how, Exception? inner = null) =>
        new($"The program \"{config.Command}\" that authenticates {config.User} {how}.", inner);

    private static string Quote(string text) => text.Length <= LongestQuote ? text.Trim() : text[..LongestQuote] + "...";
}
