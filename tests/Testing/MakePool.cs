using Hearth.Api.WorkerPools;

namespace Hearth.Testing;

/// <summary>A WorkerPool as a user writes it: <c>new MakePool("p").Warm(3).Build()</c>.</summary>
public sealed class MakePool(string name = "default")
{
    private readonly WorkerPool _pool = new()
    {
        ApiVersion = WorkerPool.Definition.ApiVersion,
        Kind = WorkerPool.Definition.Kind,
        Metadata = new() { Name = name, Namespace = MakeFunction.DefaultNamespace },
    };

    public MakePool Warm(int min, int? max = null, WarmPolicy policy = WarmPolicy.Fixed)
    {
        _pool.Spec.Warm = new() { Min = min, Max = max, Policy = policy };
        return this;
    }

    public MakePool Image(string image)
    {
        _pool.Spec.Image = image;
        return this;
    }

    public MakePool Reuse(ReusePolicy reuse)
    {
        _pool.Spec.Reuse = reuse;
        return this;
    }

    public MakePool Resources(WorkerResources resources)
    {
        _pool.Spec.Resources = resources;
        return this;
    }

    public MakePool CacheHostPath(string path)
    {
        _pool.Spec.ArtifactCache.HostPath = path;
        return this;
    }

    public MakePool Template(WorkerTemplate template)
    {
        _pool.Spec.Template = template;
        return this;
    }

    /// <summary>As if it had been stored: with a uid, and generation 1.</summary>
    public MakePool Stored(string uid = "pool-uid")
    {
        _pool.Metadata.Uid = uid;
        _pool.Metadata.Generation = 1;
        return this;
    }

    public WorkerPool Build() => _pool;
}
