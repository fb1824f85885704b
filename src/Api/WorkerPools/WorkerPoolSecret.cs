namespace Hearth.Api.WorkerPools;

/// <summary>The Secret that holds a pool's control token. The operator makes it, owned by the pool; callers of workers read it.</summary>
public static class WorkerPoolSecret
{
    /// <summary>Key of the token in the Secret.</summary>
    public const string TokenKey = "token";

    /// <summary>Name of the Secret of <paramref name="pool"/>.</summary>
    public static string Name(string pool) => $"{pool}-worker-token";
}
