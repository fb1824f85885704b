using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Invocation;

/// <summary>Which function a request is for, and what of its URL the function sees.</summary>
/// <param name="Id">The function as the caller wrote it.</param>
/// <param name="Function">The function.</param>
/// <param name="PathAndQuery">Path and query for the function, byte for byte as they came.</param>
internal readonly record struct InvocationTarget(string Id, ObjectKey Function, string PathAndQuery);
