using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Policies.Pods;

/// <summary>Tells the revisions of a function apart, and with that whether a worker still is what its function asks for.</summary>
public static class FunctionHash
{
    // 40 bits: revisions of one function do not meet, and its revisions' names stay short.
    private const int Bytes = 5;

    /// <summary>
    /// Hash of the part of the spec that a worker is made from. A change of how many workers there are, when they run, how long callers wait or how traffic is split
    /// leaves it as it is: no worker loads its model again for that.
    /// </summary>
    public static string Of(InferenceFunctionSpec spec)
    {
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(FunctionRevision.Of(spec), ApiJsonContext.Default.FunctionRevision));
        return Convert.ToHexStringLower(hash.AsSpan(0, Bytes));
    }
}
