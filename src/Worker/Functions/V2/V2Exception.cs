namespace Hearth.Worker.Functions.V2;

/// <summary>A request that cannot be answered as asked.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">The protocol's <c>error</c>.</param>
internal sealed class V2Exception(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The request itself is wrong.</summary>
    public static V2Exception BadRequest(string message) => new(400, message);
}
