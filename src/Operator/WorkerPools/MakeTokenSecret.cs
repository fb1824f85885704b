using System.Security.Cryptography;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;

namespace Hearth.Operator.WorkerPools;

/// <summary>The Secret with the token that opens the control ports of a pool's workers.</summary>
internal static class MakeTokenSecret
{
    private const int TokenBytes = 32;

    /// <summary>A Secret with a new random token, owned by the pool.</summary>
    public static V1Secret For(WorkerPool pool) => new()
    {
        ApiVersion = V1Secret.Definition.ApiVersion,
        Kind = V1Secret.Definition.Kind,
        Metadata = new()
        {
            Name = WorkerPoolSecret.Name(pool.Name()),
            Namespace = pool.Namespace(),
            Labels = new Dictionary<string, string> { [HearthLabels.Pool] = pool.Name() },
            OwnerReferences = [pool.MakeOwnerReference()],
        },
        Type = "Opaque",
        // Hexadecimal, so that it is a header value as it stands; Data is base64 of that text.
        Data = new Dictionary<string, string>
        {
            [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true))),
        },
    };
}
