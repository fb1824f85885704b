using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Devices;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Devices;

/// <summary>The accelerator that aggregators and trainers work on, one for all. A GPU's context and kernels are made ready ahead of any assignment.</summary>
internal sealed partial class AcceleratorHost : IDisposable
{
    private readonly Lazy<Accelerator> _accelerator;

    /// <summary>Begins to open a GPU on another thread; the host's threads start with the first assignment that needs them.</summary>
    public AcceleratorHost(AcceleratorChoice choice, TimeProvider time, ILogger<AcceleratorHost> logger)
    {
        _accelerator = new(() => Open(choice, time, logger));
        Opened = choice == AcceleratorChoice.Cpu ? Task.CompletedTask : Task.Run(() =>
        {
            // Other drivers take longer to ask than most workers would gain.
            if (choice != AcceleratorChoice.Auto || AcceleratorCatalog.HasCuda)
                Warm(logger);
        });
    }

    /// <summary>Completes when a GPU is open and its kernels are ready, or when there is none to wait for.</summary>
    public Task Opened { get; }

    /// <summary>The accelerator.</summary>
    /// <exception cref="AssignmentException">The one chosen is not there.</exception>
    public Accelerator Get()
    {
        try
        {
            return _accelerator.Value;
        }
        catch (Exception e) when (IsMissing(e))
        {
            throw new AssignmentException(new AssignmentFailure(AssignmentFailureReason.RuntimeUnavailable, e.Message), e);
        }
    }

    /// <summary>What an assignment left behind; null where nothing.</summary>
    public string? FindLeak() => _accelerator is { IsValueCreated: true, Value.MemoryInUse: var bytes and > 0 } ? $"{bytes} bytes of buffers" : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
            _accelerator.Value.Dispose();
    }

    private void Warm(ILogger logger)
    {
        try
        {
            _ = _accelerator.Value;
        }
        catch (Exception e) when (IsMissing(e))
        {
            Log.Missing(logger, e.Message);
        }
    }

    private static Accelerator Open(AcceleratorChoice choice, TimeProvider time, ILogger logger)
    {
        var started = time.GetTimestamp();
        var accelerator = AcceleratorCatalog.Open(choice);
        var opened = time.GetTimestamp();
        accelerator.Warm();
        Log.Opened(logger, accelerator.Name, time.GetElapsedTime(started, opened).TotalMilliseconds, time.GetElapsedTime(opened).TotalMilliseconds);
        return accelerator;
    }

    private static bool IsMissing(Exception e) => e is CapabilityNotSupportedException or InvalidOperationException;

    private static partial class Log
    {
        [LoggerMessage(70, LogLevel.Information, "Accelerator \"{Name}\": open after {ContextMs:0.0} ms, kernels ready {KernelsMs:0.0} ms later")]
        public static partial void Opened(ILogger logger, string name, double contextMs, double kernelsMs);

        [LoggerMessage(71, LogLevel.Warning, "{Message} Aggregators and trainers will fail on this worker")]
        public static partial void Missing(ILogger logger, string message);
    }
}
