using System.Net;
using System.Net.Sockets;

namespace Hearth.Transport.Collectives;

/// <summary>Connects a rank to its neighbours.</summary>
internal sealed class RingRendezvous(RingIdentity identity, RingOptions options, TimeProvider time)
{
    private readonly RingHandshake _handshake = new(identity);

    /// <summary>Connects to the next rank and waits for the previous one; strangers are turned away.</summary>
    /// <exception cref="CollectiveException">One did not come in time, or the next rank belongs to another group.</exception>
    public async Task<(RingLink Previous, RingLink Next)> MeetAsync(RingListener listener, IPEndPoint next, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(options.RendezvousTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        var accept = AcceptAsync(listener.Socket, either.Token);
        var connect = ConnectAsync(next, either.Token);
        try
        {
            await Task.WhenAny(accept, connect).Unwrap();
            await Task.WhenAll(accept, connect);
            return (new RingLink(accept.Result, identity.Previous), new RingLink(connect.Result, identity.Next));
        }
        catch (Exception e)
        {
            await either.CancelAsync();
            await AbandonAsync(accept);
            await AbandonAsync(connect);
            if (e is OperationCanceledException && deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
                throw NotMet(accept.Status == TaskStatus.RanToCompletion, connect.Status == TaskStatus.RanToCompletion, next);
            throw;
        }
    }

    private CollectiveException NotMet(bool hasPrevious, bool hasNext, IPEndPoint next)
    {
        var missing = (hasPrevious, hasNext) switch
        {
            (true, false) => $"rank {identity.Next} took no connection at {next}",
            (false, true) => $"rank {identity.Previous} did not connect",
            _ => $"neither did rank {identity.Previous} connect, nor rank {identity.Next} take a connection at {next}",
        };
        return new(CollectiveFault.Rendezvous, hasNext ? identity.Previous : identity.Next, $"After {options.RendezvousTimeout.TotalSeconds:0} s {missing}.");
    }

    private static async Task AbandonAsync(Task<Socket> meeting)
    {
        await ((Task)meeting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (meeting.IsCompletedSuccessfully)
            meeting.Result.Dispose();
    }

    private async Task<Socket> AcceptAsync(Socket listener, CancellationToken cancel)
    {
        var met = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var accept = AcceptAllAsync();
        try
        {
            return await met.Task.WaitAsync(cancel);
        }
        finally
        {
            await done.CancelAsync();
            await accept;
        }

        // A stranger who says nothing must not keep the neighbour waiting, so each connection is heard on its own.
        async Task AcceptAllAsync()
        {
            List<Task> hearings = [];
            try
            {
                while (true)
                    hearings.Add(HearAsync(await listener.AcceptAsync(done.Token), met, done.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                met.TrySetException(new CollectiveException(CollectiveFault.Rendezvous, identity.Previous, "The listening socket was closed.", e));
            }
            await Task.WhenAll(hearings);
        }
    }

    private async Task HearAsync(Socket caller, TaskCompletionSource<Socket> met, CancellationToken cancel)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
            caller.NoDelay = true;
            // Not disposed: that would end the connection.
            var link = new RingLink(caller, identity.Previous);
            var request = new byte[RingHandshake.RequestLength];
            await link.ReceiveAsync(request, either.Token);
            var isWelcome = _handshake.IsWelcome(request);
            await link.SendAsync(_handshake.Answer(request, isWelcome), either.Token);
            if (isWelcome && met.TrySetResult(caller))
                return;
        }
        catch (Exception e) when (e is CollectiveException or OperationCanceledException or SocketException)
        {
        }
        caller.Dispose();
    }

    private async Task<Socket> ConnectAsync(IPEndPoint next, CancellationToken cancel)
    {
        while (true)
        {
            var socket = new Socket(next.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await IntroduceAsync(socket, next, cancel);
                return socket;
            }
            catch (Exception e) when (e is SocketException or CollectiveException { Fault: CollectiveFault.PeerLost })
            {
                // It does not listen yet, or was just about to stop; the deadline decides.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            await Task.Delay(options.ConnectRetry, time, cancel);
        }
    }

    private async Task IntroduceAsync(Socket socket, IPEndPoint next, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var request = _handshake.Request();
        var answer = new byte[RingHandshake.AnswerLength];
        try
        {
            await socket.ConnectAsync(next, either.Token);
            // Not disposed: that would end the connection.
            var link = new RingLink(socket, identity.Next);
            await link.SendAsync(request, either.Token);
            await link.ReceiveAsync(answer, either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new CollectiveException(CollectiveFault.PeerLost, identity.Next, $"Nothing at {next} answered.", e);
        }
        if (!_handshake.IsAccepted(request, answer))
        {
            throw new CollectiveException(
                CollectiveFault.Refused, identity.Next,
                $"What listens at {next} is not rank {identity.Next} of attempt {identity.Attempt} with world size {identity.WorldSize}, or has another token.");
        }
    }
}
