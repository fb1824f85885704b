using Hearth.Api.InferenceFunctions;

namespace Hearth.Testing;

/// <summary>An InferenceFunction as a user writes it: <c>new MakeFunction("f").Scale(1, 3).Build()</c>.</summary>
public sealed class MakeFunction(string name = "fn")
{
    /// <summary>Namespace of everything that builders make.</summary>
    public const string DefaultNamespace = "default";

    private readonly InferenceFunction _function = new()
    {
        ApiVersion = InferenceFunction.Definition.ApiVersion,
        Kind = InferenceFunction.Definition.Kind,
        Metadata = new() { Name = name, Namespace = DefaultNamespace },
        Spec = new() { Model = new() { Uri = "file:///models/model.onnx" } },
    };

    public MakeFunction Pool(string pool)
    {
        _function.Spec.Pool = pool;
        return this;
    }

    public MakeFunction Scale(int min, int max)
    {
        (_function.Spec.Scale.Min, _function.Spec.Scale.Max) = (min, max);
        return this;
    }

    public MakeFunction KeepAlive(TimeSpan duration, KeepAlivePolicy policy = KeepAlivePolicy.Fixed)
    {
        _function.Spec.Scale.KeepAlive = new() { Duration = duration, Policy = policy };
        return this;
    }

    public MakeFunction Concurrency(int limit, int? target = null)
    {
        (_function.Spec.Concurrency, _function.Spec.Scale.TargetConcurrency) = (limit, target);
        return this;
    }

    public MakeFunction Container(string image, int port)
    {
        (_function.Spec.Model, _function.Spec.Container) = (null, new() { Image = image, Port = port });
        return this;
    }

    public MakeFunction Timeout(TimeSpan timeout)
    {
        _function.Spec.Timeout = timeout;
        return this;
    }

    public MakeFunction Batching(int maxSize)
    {
        _function.Spec.Batching = new() { MaxSize = maxSize };
        return this;
    }

    public MakeFunction Fallback(string function)
    {
        _function.Spec.Fallback = function;
        return this;
    }

    public MakeFunction Suspend()
    {
        _function.Spec.Suspend = true;
        return this;
    }

    /// <summary>As if it had been stored: with a uid and a generation.</summary>
    public MakeFunction Stored(string uid = "function-uid", long generation = 1)
    {
        _function.Metadata.Uid = uid;
        _function.Metadata.Generation = generation;
        return this;
    }

    public InferenceFunction Build() => _function;
}
