using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Policies.Pods;

/// <summary>Tells whether a worker still is what its function asks for.</summary>
public static class FunctionHash
{
    /// <summary>
    /// Hash of the part of the spec that a worker is made from. A change of how many workers there are, when they run or how long callers wait leaves
    /// it as it is: no worker loads its model again for that.
    /// </summary>
    public static string Of(InferenceFunctionSpec spec)
    {
        var part = spec with { Scale = new(), Timeout = default, Fallback = null, Triggers = null, Suspend = false };
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(part, ApiJsonContext.Default.InferenceFunctionSpec));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
