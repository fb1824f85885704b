namespace Hearth.Integration.Tests.Federations;

/// <summary>An update that a client sent.</summary>
/// <param name="Round">Its round.</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">Its weight.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Weights">What it holds.</param>
internal sealed record Update(int Round, string Client, long Examples, string Digest, float[] Weights);
