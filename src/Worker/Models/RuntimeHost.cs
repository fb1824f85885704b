using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.OnnxRuntime;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Models;

/// <summary>Opens ONNX Runtime ahead of any assignment, so that an assignment costs only its session.</summary>
internal sealed partial class RuntimeHost : IDisposable
{
    private readonly ILogger _logger;
    private readonly Task<OrtEnv> _opening;

    /// <summary>Begins to open the runtime on another thread.</summary>
    public RuntimeHost(OrtEnvOptions options, ILogger<RuntimeHost> logger)
    {
        _logger = logger;
        _opening = Task.Run(() => Open(options));
        // Observed here; an assignment that needs the runtime meets the failure again.
        Opened = _opening.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private RuntimeHost(OrtEnv env, ILogger logger)
    {
        _logger = logger;
        _opening = Task.FromResult(env);
        Opened = Task.CompletedTask;
    }

    /// <summary>Completes when the runtime is open, or is known not to be there.</summary>
    public Task Opened { get; }

    /// <summary>Sessions and the like that were not freed.</summary>
    public int LiveObjects => _opening.IsCompletedSuccessfully ? _opening.Result.Live.Value : 0;

    /// <summary>The runtime.</summary>
    /// <exception cref="AssignmentException">It is not there.</exception>
    public async Task<OrtEnv> GetAsync(CancellationToken cancellation)
    {
        try
        {
            return await _opening.WaitAsync(cancellation);
        }
        catch (Exception e) when (e is CapabilityNotSupportedException or OnnxRuntimeException)
        {
            throw new AssignmentException(new AssignmentFailure(AssignmentFailureReason.RuntimeUnavailable, e.Message), e);
        }
    }

    /// <summary>The same runtime with a count of live objects of its own.</summary>
    /// <exception cref="AssignmentException">It is not there.</exception>
    public async Task<RuntimeHost> ForkAsync() => new((await GetAsync(CancellationToken.None)).Fork(), _logger);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_opening.IsCompletedSuccessfully)
            _opening.Result.Dispose();
    }

    private OrtEnv Open(OrtEnvOptions options)
    {
        try
        {
            var env = OrtEnv.Open(options, _logger);
            Log.Opened(_logger, env.Version, options.IntraOpThreads);
            return env;
        }
        catch (Exception e) when (e is CapabilityNotSupportedException or OnnxRuntimeException)
        {
            Log.Missing(_logger, e.Message);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "ONNX Runtime {Version} is open with {Threads} threads")]
        public static partial void Opened(ILogger logger, string version, int threads);

        [LoggerMessage(2, LogLevel.Warning, "{Message} Functions with ONNX models will fail on this worker")]
        public static partial void Missing(ILogger logger, string message);
    }
}
