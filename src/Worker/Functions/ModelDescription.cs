using Hearth.Worker.Models;

namespace Hearth.Worker.Functions;

/// <summary>A model as callers know it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Version">The function's generation.</param>
/// <param name="Platform">What runs it, in the protocol's words.</param>
/// <param name="Signature">What it takes and answers.</param>
internal sealed record ModelDescription(string Name, string Version, string Platform, ModelSignature Signature);
