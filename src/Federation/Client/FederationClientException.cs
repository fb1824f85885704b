namespace Hearth.Federation.Client;

/// <summary>A federation refused a client, and would again.</summary>
/// <param name="message">What it said.</param>
/// <param name="errorCode">One of <see cref="Protocol.ErrorCodes"/>, or another that it sent; empty where it sent none.</param>
/// <param name="innerException">What the network said.</param>
public sealed class FederationClientException(string message, string errorCode = "", Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>One of <see cref="Protocol.ErrorCodes"/>, or another that it sent; empty where it sent none.</summary>
    public string ErrorCode { get; } = errorCode;
}
