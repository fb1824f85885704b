using System.Globalization;

namespace Hearth.Integration.Tests;

/// <summary>A cluster with as many idle workers as a burst is to meet.</summary>
/// <param name="idle">Idle workers.</param>
public sealed class BurstCluster(int idle) : Cluster("--warm", idle.ToString(CultureInfo.InvariantCulture)), IAsyncDisposable
{
    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
