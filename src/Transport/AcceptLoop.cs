using System.Net.Sockets;

namespace Hearth.Transport;

/// <summary>Lets callers in until it is stopped.</summary>
internal static class AcceptLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once it was stopped and all who were let in are done.</summary>
    /// <param name="accept">Waits for the next caller.</param>
    /// <param name="serve">Does what the caller wants; never fails.</param>
    /// <param name="time">Times the pauses.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task RunAsync(Func<CancellationToken, Task<Socket>> accept, Func<Socket, Task> serve, TimeProvider time, CancellationToken stop)
    {
        var served = new List<Task>();
        var pause = TimeSpan.Zero;
        while (true)
        {
            try
            {
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, stop);
                pause = TimeSpan.Zero;
                var socket = await accept(stop);
                served.RemoveAll(task => task.IsCompleted);
                served.Add(serve(socket));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                await Task.WhenAll(served);
                return;
            }
            catch (SocketException)
            {
                // One who was gone before it was let in, or descriptors are short for a moment.
                pause = Pause;
            }
        }
    }
}
