using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>Sends an empty line now and then while an answer is worked out, so that a caller who hears nothing knows that nobody is there.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly byte[] Line = "\n"u8.ToArray();

    private readonly HttpResponse _response;
    private readonly PeriodicTimer _timer;
    private readonly Task _beating;

    /// <summary>Begins; the answer's first line comes within some seconds.</summary>
    public Heartbeat(HttpResponse response, TimeProvider time)
    {
        (_response, _timer) = (response, new PeriodicTimer(Interval, time));
        _beating = BeatAsync();
    }

    /// <summary>Ends; the response is the caller's alone from here on.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _beating;
    }

    private async Task BeatAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            await _response.Body.WriteAsync(Line);
            await _response.Body.FlushAsync();
        }
    }
}
