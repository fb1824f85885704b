namespace Hearth.Kubernetes.Informers;

/// <summary>A change of the local copy.</summary>
/// <param name="Old">The object before, null when it was added.</param>
/// <param name="New">The object after, null when it was deleted.</param>
public readonly record struct InformerEvent<T>(T? Old, T? New)
    where T : class
{
    /// <summary>The object the event is about.</summary>
    public T Object => New ?? Old!;
}
