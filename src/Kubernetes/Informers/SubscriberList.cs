using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Informers;

/// <summary>Those who are told of changes. A handler that throws is logged and does not keep the others from being told.</summary>
internal sealed partial class SubscriberList<T>(ILogger log, string kind)
    where T : class
{
    private ImmutableArray<Subscriber> _subscribers = [];

    /// <summary>Adds a handler after telling it of the objects there are. Called under the informer's delivery lock.</summary>
    public IDisposable Add(Action<InformerEvent<T>> handler, IReadOnlyList<T> existing)
    {
        var subscriber = new Subscriber(this, handler);
        foreach (var entity in existing)
            Tell(subscriber, new InformerEvent<T>(null, entity));
        ImmutableInterlocked.Update(ref _subscribers, static (all, added) => all.Add(added), subscriber);
        return subscriber;
    }

    public void Tell(InformerEvent<T> change)
    {
        foreach (var subscriber in _subscribers)
            Tell(subscriber, change);
    }

    private void Tell(Subscriber subscriber, InformerEvent<T> change)
    {
        try
        {
            subscriber.Handle(change);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(log, e, kind);
        }
    }

    private sealed class Subscriber(SubscriberList<T> list, Action<InformerEvent<T>> handler) : IDisposable
    {
        private volatile bool _disposed;

        public void Handle(InformerEvent<T> change)
        {
            if (!_disposed)
                handler(change);
        }

        public void Dispose()
        {
            _disposed = true;
            ImmutableInterlocked.Update(ref list._subscribers, static (all, gone) => all.Remove(gone), this);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Error, "A handler of {Kind} changes threw; the others were told all the same")]
        public static partial void HandlerFailed(ILogger log, Exception e, string kind);
    }
}
