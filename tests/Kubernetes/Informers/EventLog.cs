using System.Threading.Channels;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Informers;

namespace Hearth.Kubernetes.Tests.Informers;

/// <summary>What a subscriber was told, in short: <c>+a@1</c> added, <c>a@1>2</c> changed, <c>-a@2</c> deleted.</summary>
internal sealed class EventLog<T>
    where T : class, IKubernetesObject
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public int Count => _events.Reader.Count;

    public void Add(InformerEvent<T> change) => Assert.True(_events.Writer.TryWrite(change switch
    {
        { Old: null } => $"+{change.Object.Name()}@{change.Object.Metadata.ResourceVersion}",
        { New: null } => $"-{change.Object.Name()}@{change.Object.Metadata.ResourceVersion}",
        _ => $"{change.Object.Name()}@{change.Old!.Metadata.ResourceVersion}>{change.New!.Metadata.ResourceVersion}",
    }));

    public async Task<List<string>> TakeAsync(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
            taken.Add(await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        return taken;
    }
}
